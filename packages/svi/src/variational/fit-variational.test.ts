import type { ConjugateFamily } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import {
  bernoulli,
  faithful,
  gaussianDiagonal,
  gaussianFull,
  gaussianSpherical,
  gaussianTied,
} from '@mixtention/mixture';
import { expect, test } from 'vitest';
import type { SviCheckpoint } from '../inference/index.ts';
import { fitVariational, type VariationalOptions } from './index.ts';
import { freeForm, reference, standardized, twoGroups, weakPrior } from './testing-free-form.ts';

/** Free-form mean field of the same model: K = 2, columns standardised by the sample deviation. */
const FREE_FORM = -435.0934276803;

const x = standardized();
const options: VariationalOptions = {
  components: 2,
  prior: reference,
  restarts: 2,
  learningRate: 0.03,
  steps: 1200,
  resultDraws: 3000,
};

test.each([0, 1])(
  'the same family as free form ends within 0.1 nats of it, never above, at its posterior (seed %i)',
  async (seed) => {
    const { bound, boundStandardError, relaxedObjective, posterior, model } = await fitVariational(x, {
      ...options,
      assignments: 'exact',
      draws: 2,
      seed,
    });
    expect(bound).toBeGreaterThan(FREE_FORM - 0.1);
    expect(bound).toBeLessThan(FREE_FORM + 4 * boundStandardError);
    expect(boundStandardError).toBeLessThan(0.012);
    expect(relaxedObjective).toBeNull();
    // Dirichlet(175.86, 98.14), means and their deviations.
    const [weights, means] = [posterior.weights.mean as number[], posterior.means.mean as number[][]];
    expect(weights[0]).toBeCloseTo(175.86 / 274, 2);
    expect((posterior.weights.sd as number[])[0]! / Math.sqrt((175.86 * 98.14) / 274 ** 2 / 275)).toBeCloseTo(1, 0);
    expect(model.weights[0]).toBeCloseTo(175.86 / 274, 2);
    // The reference's means at K = 6, α = 1e-3, whose two live components own the same rows but for two of them.
    [0.7007, 0.6655, -1.2557, -1.1925].forEach((m, i) => {
      expect(means[Math.floor(i / 2)]![i % 2]).toBeCloseTo(m, 1);
    });
    const spread = Math.sqrt(model.covariances![1]!.data[0]! / 98);
    expect((posterior.means.sd as number[][])[1]![0]! / spread).toBeCloseTo(1, 0);
  },
);

test('independent normal numbers lie below free form; with assignments summed out the same family lies above', async () => {
  const below = await fitVariational(x, { ...options, assignments: 'exact', guide: 'autoNormal', draws: 2 });
  expect(below.bound + 4 * below.boundStandardError).toBeLessThan(FREE_FORM);
  expect(below.bound).toBeGreaterThan(FREE_FORM - 0.5);
  const above = await fitVariational(x, options);
  expect(above.bound - 4 * above.boundStandardError).toBeGreaterThan(FREE_FORM);
  expect(above.bound).toBeLessThan(above.logEvidence);
  expect(Math.abs(above.logEvidence - -434.96)).toBeLessThan(0.03);
  expect(above.paretoK).toBeLessThan(0.7);
});

const families: readonly ConjugateFamily[] = [
  gaussianFull,
  gaussianTied,
  gaussianDiagonal,
  gaussianSpherical,
  bernoulli,
];

test.each(families.flatMap((family) => [1, 2].map((components) => ({ family, components, name: family.spec.name }))))(
  '$name, K = $components: the conjugate guide ends at free form (at K = 1 the evidence), and the model is at its mean',
  async ({ family, components }) => {
    const rows = twoGroups(90, family === (bernoulli as ConjugateFamily));
    const { bound, boundStandardError, model } = await fitVariational(rows, {
      family,
      components,
      assignments: 'exact',
      restarts: 2,
      draws: 2,
      learningRate: 0.03,
      steps: 1200,
      resultDraws: 2000,
    });
    const prior = weakPrior(family, rows);
    const due = freeForm(family, rows, components, prior);
    expect(bound).toBeLessThan(due + 4 * boundStandardError + 0.01);
    expect(bound).toBeGreaterThan(due - 0.15 - 4 * boundStandardError);
    expect(model.components).toBe(components);
    if (components === 2) expect(model.weights[1]).toBeCloseTo(1 / 3, 1);
  },
);

test.each([
  ['relaxed', 'amortised', 0.3],
  ['relaxed', 'local', 0.3],
  ['straight-through', 'amortised', 0.3],
  ['score', 'amortised', 0.1],
  ['score', 'local', 0.1],
  ['exact', 'local', 0.1],
] as const)(
  '%s assignments, %s: the discrete bound is within %f nats of free form, and never above',
  async (assignments, assigner, gap) => {
    const rows = twoGroups(90, false);
    const { bound, boundStandardError, relaxedObjective } = await fitVariational(rows, {
      components: 2,
      covariance: 'diagonal',
      assignments,
      assigner,
      restarts: 2,
      steps: 1200,
      learningRate: 0.02,
      resultDraws: 2000,
    });
    const due = freeForm(gaussianDiagonal, rows, 2, weakPrior(gaussianDiagonal, rows));
    expect(bound).toBeLessThan(due + 4 * boundStandardError + 0.01);
    expect(bound).toBeGreaterThan(due - gap - 4 * boundStandardError);
    // What relaxed draws raise is told apart, and no bound.
    expect(relaxedObjective === null).toBe(assignments === 'score' || assignments === 'exact');
  },
);

test('minibatches come near the same bound', async () => {
  const { bound } = await fitVariational(x, { ...options, minibatch: 68, steps: 1500 });
  expect(bound).toBeGreaterThan(FREE_FORM - 0.5);
  expect(bound).toBeLessThan(-434.9);
});

test('bounds are in the user’s units: those of the columns move them by the log-determinant alone', async () => {
  const short: VariationalOptions = { components: 2, steps: 200, restarts: 1, resultDraws: 1000 };
  const minutes = await fitVariational(faithful(), short);
  const { data, rows, cols } = faithful();
  const hours = await fitVariational({ data: data.map((v) => v / 60), rows, cols }, short);
  expect(hours.bound - minutes.bound).toBeCloseTo(2 * 272 * Math.log(60), 1);
  const [m, h] = [minutes, hours].map(({ posterior }) => (posterior.means.mean as number[][])[0]![1]!);
  expect(m).toBeCloseTo(60 * h!, 4);
  expect(minutes.model.means.data[1]).toBeCloseTo(m!, 6);
});

test('the same seed gives the same fit, another seed another one; a fit is watched, stopped, resumed to the same bits, and aborted', async () => {
  const rows = twoGroups(60, false);
  const short: VariationalOptions = {
    components: 2,
    covariance: 'spherical',
    steps: 100,
    resultDraws: 200,
    restarts: 1,
  };
  const bound = async (seed: number): Promise<number> => (await fitVariational(rows, { ...short, seed })).bound;
  expect(await bound(1)).toBe(await bound(1));
  expect(await bound(1)).not.toBe(await bound(2));
  const control = new AbortController();
  const seen: number[] = [];
  const checkpoints: SviCheckpoint[] = [];
  const onStep = ({ step }: { readonly step: number }): void => {
    seen.push(step);
    control.abort();
  };
  const long = { ...short, steps: 300, onCheckpoint: (at: SviCheckpoint) => checkpoints.push(at) };
  const stopped = await fitVariational(rows, { ...long, stopSignal: control.signal, onStep });
  expect(stopped.status).toBe('stopped');
  expect(seen).toEqual([100]);
  const [last] = checkpoints.slice(-1);
  const resumed = await fitVariational(rows, { ...long, resume: last! });
  expect(resumed.bound).toBe((await fitVariational(rows, { ...short, steps: 300 })).bound);
  await expect(fitVariational(rows, { ...short, signal: control.signal })).rejects.toThrow('the run was cancelled');
});

/** The first ten rows twice, the eleventh not at all. */
const times = Float64Array.from({ length: 90 }, (_, n) => (n < 10 ? 2 : n === 10 ? 0 : 1));
const repeat = ({ data, cols }: ReturnType<typeof twoGroups>): number[][] =>
  Array.from(times).flatMap((w, n) => Array.from({ length: w }, () => [...data.subarray(n * cols, (n + 1) * cols)]));

test.each([
  ['full', 'summed-out', undefined],
  ['diagonal', 'summed-out', undefined],
  ['full', 'exact', undefined],
  ['full', 'exact', 'local'],
] as const)(
  '%s, %s, %s: a row of weight 2 is one that is there twice, and one of 0 is none',
  async (covariance, assignments, more) => {
    const rows = twoGroups(90, false);
    const own: VariationalOptions = {
      components: 2,
      covariance,
      assignments,
      ...(more === 'local' && { assigner: more }),
      start: {
        means: [
          [3, 1.5],
          [-3, -1.5],
        ],
      },
      learningRate: 0.02,
      steps: 200,
      resultDraws: 400,
    };
    const weighed = await fitVariational(rows, { ...own, weights: times });
    const due = await fitVariational(repeat(rows), own);
    // Where assignments are drawn for the result, those of other rows are other draws.
    const isAlike = assignments === 'summed-out';
    const noise = 4 * Math.hypot(weighed.boundStandardError, due.boundStandardError);
    expect(Math.abs(weighed.bound - due.bound)).toBeLessThan(isAlike ? 1e-6 : noise + 0.01);
    const [a, b] = [weighed, due].map(({ posterior }) => (posterior.means.mean as number[][]).flat());
    for (const [i, mean] of a!.entries()) expect(Math.abs(mean - b![i]!)).toBeLessThan(isAlike ? 1e-6 : 0.05);
  },
);

test('scores and relaxed draws are weighed too: bounds are those of repeated rows', async () => {
  const rows = twoGroups(90, false);
  for (const assignments of ['score', 'relaxed'] as const) {
    const own: VariationalOptions = {
      components: 2,
      covariance: 'diagonal',
      assignments,
      restarts: 1,
      steps: 400,
      learningRate: 0.02,
      resultDraws: 1000,
    };
    const weighed = await fitVariational(rows, { ...own, weights: times });
    const due = await fitVariational(repeat(rows), own);
    expect(Math.abs(weighed.bound - due.bound)).toBeLessThan(0.2);
  }
});

test('a data set with its weights gives the bits of rows in memory', async () => {
  const rows = twoGroups(90, false);
  const own: VariationalOptions = { components: 2, covariance: 'tied', steps: 100, resultDraws: 200, restarts: 1 };
  const { bound, posterior } = await fitVariational(rows, { ...own, weights: times });
  const told = await fitVariational(dataset(rows, { weights: times, shardRows: 20 }), own);
  expect(told).toMatchObject({ bound, posterior });
  await expect(fitVariational(dataset(rows), { ...own, weights: times })).rejects.toThrow(
    'weights came with a data set',
  );
});

test('one component is fitted with any assignments: all of them are 1', async () => {
  for (const assignments of ['exact', 'relaxed', 'straight-through', 'score'] as const) {
    const { bound, status } = await fitVariational(x, {
      ...options,
      components: 1,
      assignments,
      steps: 100,
      resultDraws: 200,
    });
    expect(status).toBe('stopped');
    expect(bound).toBeLessThan(-560.68);
    expect(bound).toBeGreaterThan(-561.5);
  }
});

test.each([
  [{ prior: 'none' }, 'prior is "none", which has no posterior'],
  [{ assignments: 'soft' }, 'unknown assignments "soft"'],
  [{ assigner: 'global' }, 'unknown assigner "global"'],
  [{ temperature: 0.5 }, 'temperature goes with relaxed or straight-through assignments, these are "summed-out"'],
  [{ assignments: 'relaxed', temperature: -1 }, 'temperature is -1'],
  [{ minibatch: 0 }, 'minibatch is 0, a whole number from 1 was due'],
  [{ guide: 'autoNorml' }, 'did you mean "autoNormal"?'],
  [{ family: 'poisson' }, 'unknown family'],
  [{ weights: [1] }, 'weights of length 1 came with 272 rows'],
])('%j is refused in one sentence', async (wrong, message) => {
  await expect(fitVariational(x, { ...options, ...(wrong as object) })).rejects.toThrow(message);
});

test('more rows than memory holds are refused before they are read, by the way that holds none', async () => {
  // Says that it has them: they would have to be made, or to lie in a file of terabytes.
  const many = { ...dataset(x), rows: 1e12 };
  await expect(fitVariational(many, options)).rejects.toMatchObject({
    code: 'TOO_LARGE',
    message: expect.stringMatching(/1,000,000,000,000 rows with their statistics.*sviOnRows reads rows where they lie/),
  });
});
