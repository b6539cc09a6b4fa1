import { expect, test } from 'vitest';
import type { Model } from '../model/index.ts';
import { svi } from './svi.ts';

type Schools = { readonly J: number; readonly y: readonly number[]; readonly sigma: readonly number[] };
const data: Schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

/** Eight schools with effects as latents of their own: a funnel, which sends steps astray. */
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
  const runs = [0, 1, 2].map((seed) => svi(centred, data, { seed }));
  // The evidence is −31.33, and the best normals come to −33.
  const fallen = runs.filter(({ bound }) => bound < -34);
  expect(fallen.length).toBeGreaterThan(0);
  for (const { status, message, corrected } of fallen) {
    expect(status).toBe('diverged');
    expect(message).toMatch(/steps led away: the bound ended at -\d+\.\d+, and began at -\d+/);
    expect(corrected).toBe(false);
  }
  for (const { bound, status } of runs) if (bound > -34) expect(['converged', 'stopped']).toContain(status);
});
