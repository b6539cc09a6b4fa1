import { expect, test } from 'vitest';
import type { Model } from '../model/index.ts';
import { svi } from './svi.ts';

const y = [1.9, -0.2, 1.1, 2.4, 0.3];

/** Independent switches, each seen with noise: x_n = 2·z_n + ε, z_n ~ Bernoulli(0.4). The posterior is in the guide's family. */
const switches: Model<readonly number[]> = ({ sample, observe, plate, bernoulli, normal, mul }, x) => {
  const z = plate('rows', x.length, () => sample('z', bernoulli(0.4)));
  observe('x', normal(mul(2, z), 1), x);
};
const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const joint = y.map((x) => [0.6 * normalDensity(x), 0.4 * normalDensity(x - 2)] as const);
const evidence = joint.reduce((total, [a, b]) => total + Math.log(a + b), 0);
const truth = joint.map(([a, b]) => b / (a + b));

test.each(['relaxed', 'straight-through'] as const)(
  '%s draws come near to the posterior, and the bound that is told is that of discrete draws',
  (discrete) => {
    const temperature = { start: 1, rate: 1e-3, every: 100, least: 0.1 };
    const result = svi(switches, y, { discrete, temperature, draws: 4, steps: 6000, learningRate: 0.02 });
    expect(result.bound).toBeLessThan(evidence + 4 * result.boundStandardError + 1e-6);
    expect(result.bound).toBeGreaterThan(evidence - 0.1);
    expect(result.relaxedObjective).not.toBe(result.bound);
    (result.uncorrectedSites.z!.mean as number[]).forEach((p, i) => {
      expect(Math.abs(p - truth[i]!)).toBeLessThan(0.1);
    });
    // Rows are those of draws: yes or no, nothing between.
    expect(new Set(result.draws.data)).toEqual(new Set([0, 1]));
  },
);

test('the relaxed objective is no bound: warm draws raise it above the evidence', () => {
  const warm = svi(switches, y, { discrete: 'relaxed', temperature: 5, draws: 4, steps: 2000, learningRate: 0.02 });
  expect(warm.relaxedObjective).toBeGreaterThan(evidence + 0.1);
  expect(warm.bound).toBeLessThan(evidence + 4 * warm.boundStandardError);
});

test('the relaxed objective is a mean over the last steps, and its standard error is that of such means', () => {
  // Parameters stand still, so the means of many seeds scatter by the error of one.
  const still = { discrete: 'relaxed', temperature: 1, learningRate: 1e-12, resultDraws: 10 } as const;
  const runs = Array.from({ length: 24 }, (_, seed) => svi(switches, y, { ...still, seed, steps: 150 }));
  const means = runs.map((run) => run.relaxedObjective!);
  const mean = means.reduce((a, b) => a + b) / 24;
  const spread = Math.sqrt(means.reduce((sum, m) => sum + (m - mean) ** 2, 0) / 23);
  const told = runs.reduce((sum, run) => sum + run.relaxedObjectiveStandardError!, 0) / 24;
  // The spread of 24 means is known to 15 %: three of its errors.
  expect(Math.abs(spread / told - 1)).toBeLessThan(0.45);
});

test('a run does not converge while its temperature still falls', () => {
  const temperature = { start: 1, rate: 1e-3, every: 100, least: 0.05 };
  const { steps, status } = svi(switches, y, {
    discrete: 'straight-through',
    temperature,
    accuracy: 1,
    learningRate: 0.02,
  });
  expect(status).toBe('converged');
  expect(steps).toBeGreaterThan(1000 * Math.log(20));
});

test('minibatches are relaxed too', () => {
  const some: Model<readonly number[]> = ({ sample, observe, plate, bernoulli, normal, mul }, x) =>
    plate('rows', x.length, { subsample: 2 }, (rows) =>
      observe('x', normal(mul(2, sample('z', bernoulli(0.4))), 1), rows(x)),
    );
  const { bound } = svi(some, y, { discrete: 'relaxed', temperature: 0.1, draws: 4, steps: 4000, learningRate: 0.02 });
  expect(Math.abs(bound - evidence)).toBeLessThan(0.1);
});

test('by their score there is no relaxed objective', () => {
  const { relaxedObjective, relaxedObjectiveStandardError } = svi(switches, y, { steps: 200 });
  expect([relaxedObjective, relaxedObjectiveStandardError]).toEqual([null, null]);
});

test('what cannot be relaxed is refused', () => {
  const kinds: Model<null> = ({ sample, categorical }) => sample('k', categorical([0.2, 0.3, 0.5]));
  const smooth: Model<null> = ({ sample, normal }) => sample('x', normal(0, 1));
  expect(() => svi(kinds, null, { discrete: 'relaxed' })).toThrow('site "k" of categorical cannot be relaxed');
  expect(() => svi(smooth, null, { discrete: 'relaxed' })).toThrow('the model has no discrete latent');
  expect(() => svi(switches, y, { discrete: 'relaxed', temperature: 0 })).toThrow('temperature is 0');
  expect(() => svi(switches, y, { discrete: 'soft' as 'score' })).toThrow('discrete');
  expect(() => svi(switches, y, { discrete: 'relaxed', estimator: 'importance-weighted', draws: 2 })).toThrow(
    'takes discrete latents "enumerated" or "summed-out" alone, "relaxed" was asked for',
  );
});
