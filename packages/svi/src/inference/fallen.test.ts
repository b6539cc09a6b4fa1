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
  // At such a learning rate a funnel sends steps astray, and two hundred are too few to come back.
  for (const steps of [100, 200]) {
    const { status, message, corrected, bound } = svi(centred, data, { learningRate: 0.3, steps, resultDraws: 400 });
    expect(bound).toBeLessThan(-60);
    expect(status).toBe('diverged');
    expect(message).toMatch(/steps led away: the bound ended at -[\d.e+]+, and began at -\d+/);
    expect(corrected).toBe(false);
  }
  // Densities without a digit are no numbers, whatever their sign.
  expect(svi(centred, data, { learningRate: 3, steps: 100, resultDraws: 400 }).status).toBe('diverged');
});

/** Effects apart: seeds 2 and 7 lost their way here, or stood still, after one draw from far out. */
const apart: Model<Schools> = ({ sample, observe, plate, normal, halfCauchy, add, mul }, { J, y, sigma }) => {
  const mu = sample('mu', normal(0, 5));
  const tau = sample('tau', halfCauchy(5));
  const t = plate('schools', J, () => sample('t', normal(0, 1)));
  observe('y', normal(add(mu, mul(tau, t)), sigma), y);
};

test.each([2, 7])('a draw from far out throws no guide away (seed %i)', (seed) => {
  const { status, bound } = svi(apart, data, { seed, rounds: 0 });
  expect(status).not.toBe('diverged');
  // The evidence is −31.31, the best normal comes to −31.53.
  expect(bound).toBeGreaterThan(-31.75);
});

test('and a run that falls goes on from its best window at half the rate: the funnel too', () => {
  const { status, bound } = svi(centred, data, { seed: 6, rounds: 0, steps: 12_000 });
  expect(status).not.toBe('diverged');
  expect(bound).toBeGreaterThan(-34);
});
