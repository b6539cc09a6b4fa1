import { expect, test } from 'vitest';
import type { Model } from '../model/index.ts';
import { svi } from './svi.ts';

type Schools = { readonly J: number; readonly y: readonly number[]; readonly sigma: readonly number[] };
const data: Schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

/** Eight schools with effects as latents of their own: a funnel. */
const centred: Model<Schools> = ({ sample, observe, plate, normal, halfCauchy }, { J, y, sigma }) => {
  const mu = sample('mu', normal(0, 5));
  const tau = sample('tau', halfCauchy(5));
  observe(
    'y',
    normal(
      plate('schools', J, () => sample('theta', normal(mu, tau))),
      sigma,
    ),
    y,
  );
};

test('a run whose bound ended below where it began has not converged', () => {
  // At such learning rates a funnel sends them astray.
  const far = [0.3, 1].map((learningRate) => svi(centred, data, { learningRate, steps: 300, resultDraws: 400 }));
  const runs = [...far, svi(centred, data, { steps: 4000 })];
  // The evidence is −31.33, and the best normals come to −33.
  const fallen = runs.filter(({ bound }) => bound < -34);
  expect(fallen.length).toBeGreaterThanOrEqual(2);
  for (const { status, message, corrected } of fallen) {
    expect(status).toBe('diverged');
    expect(message).toMatch(/steps led away: the bound ended at -[\d.e+]+, and began at -\d+/);
    expect(corrected).toBe(false);
  }
  for (const { bound, status } of runs) if (bound > -34) expect(['converged', 'stopped']).toContain(status);
});
