import type { AnyAlgorithm, Mixture } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { dataset, meanStatistics, prepare } from '@mixtention/core/data';
import { build } from '@mixtention/core/loop';
import { generator, key } from '@mixtention/core/numeric';
import { expect, it } from 'vitest';
import { bernoulli, families, gaussianFull } from '../families/index.ts';
import { criteria } from '../model/criteria.ts';
import { MixtureModel } from '../model/mixture-model.ts';
import { faithful } from '../problems/index.ts';
import { initialCenters, startMixture } from '../starts/start-mixture.ts';
import { dirichlet } from '../weights/index.ts';
import { algorithms, evaluate, evaluateMixture } from './evaluate.ts';
import { fitMixture } from './fit-mixture.ts';
import type { FitMethod } from './types.ts';

/** A method that measures its start and changes nothing. */
const still: FitMethod = {
  where: 'test/still',
  ownOptions: ['own'],
  plan: ({ config }) => ({ algorithm: evaluate(config) }),
};

it('the driver passes options of a method and refuses others', async () => {
  const options = { components: 2, own: true } as const;
  await expect(fitMixture(faithful(), options, still)).resolves.toMatchObject({ status: 'converged', iterations: 1 });
  await expect(fitMixture(faithful(), { components: 2, owm: 1 } as never, still)).rejects.toThrow(
    '[test] still: unknown option "owm", did you mean "own"?',
  );
});

it('beside a prior weights count rows, so their sum is bounded; without one they may be of any size', async () => {
  const fitted = (weight: number, prior: 'none' | 'weak', infers: 'point' | 'posterior' = 'point') =>
    fitMixture(faithful(), { components: 2, prior, weights: Array<number>(272).fill(weight) }, { ...still, infers });
  const sentence = (came: string, due: string): string =>
    `the weights sum to ${came}, at most ${due} was due: beside a prior they count rows, so divide them all by one number`;
  await expect(fitted(1e38, 'weak', 'posterior')).rejects.toMatchObject({
    code: 'BAD_DATA',
    message: expect.stringContaining(sentence('2.7e+40', '9.0e+15')),
  });
  await expect(fitted(1e100, 'weak')).rejects.toThrow(sentence('2.7e+102', '1e+100'));
  for (const made of [fitted(3e13, 'weak', 'posterior'), fitted(1e97, 'weak'), fitted(1e300, 'none')])
    await expect(made).resolves.toMatchObject({ logLikelihood: expect.toSatisfy(Number.isFinite) });
});

it('what callers without types hand over is refused in a sentence', async () => {
  const means = faithful().data.subarray(0, 4);
  const start = { means: { data: means, rows: 2, cols: 2 } };
  const weights = Array.from({ length: 272 }, () => 1);
  const unlike = (...cells: unknown[]): unknown[] => [...cells, ...weights.slice(cells.length)];
  const normal = { mean: new Float64Array(2), shrinkage: 1, degrees: 3, inverseScale: Float64Array.of(1, 0, 0, 1) };
  for (const [name, value, code, due] of [
    ['weights', null, 'BAD_OPTION', 'weights is null, an array of numbers was due'],
    ['weights', 'heavy', 'BAD_OPTION', 'weights is "heavy", an array of numbers was due'],
    ['weights', unlike('1'), 'BAD_DATA', 'the weight of row 0 (counted from 0) is "1", a finite number ≥ 0 was due'],
    ['weights', unlike(1n), 'BAD_DATA', 'the weight of row 0 (counted from 0) is 1n, a finite number'],
    ['weights', new BigInt64Array(272), 'BAD_DATA', 'the weight of row 0 (counted from 0) is 0n, a finite number'],
    ['weights', unlike(1, true), 'BAD_DATA', 'the weight of row 1 (counted from 0) is true, a finite number'],
    ['weights', unlike(1, null), 'BAD_DATA', 'the weight of row 1 (counted from 0) is null, a finite number'],
    ['executor', {}, 'BAD_OPTION', 'executor is an object, an executor, as inline() or await openExecutor(), was due'],
    [
      'executor',
      { ...inline(), starts: { run() {} } },
      'BAD_OPTION',
      'executor.starts.atOnce is undefined, a function was due',
    ],
    ['signal', 1, 'BAD_OPTION', 'signal is 1, an AbortSignal was due'],
    ['onStep', 'log', 'BAD_OPTION', 'onStep is "log", a function was due'],
    ['floor', Number.POSITIVE_INFINITY, 'BAD_OPTION', 'floor is Infinity, a finite number from 0 was due'],
    ['tolerance', '1', 'BAD_OPTION', 'tolerance is "1", a number from 0 was due'],
    ['family', null, 'UNKNOWN_NAME', 'unknown family null; known are'],
    ['family', {}, 'BAD_OPTION', 'family.terms is undefined, a function was due'],
    ['family', { scores() {} }, 'BAD_OPTION', 'family.terms is undefined, a function was due'],
    ['family', { ...gaussianFull, prior: null }, 'BAD_OPTION', 'family.prior.weak is undefined, a function'],
    ['family', { ...bernoulli, spec: 1 }, 'BAD_OPTION', 'family.spec is 1, the spec of a family was due'],
    ['prior', [], 'BAD_OPTION', 'prior is a list; "none", "weak" or values were due'],
    ['prior', () => 'weak', 'BAD_OPTION', 'prior is a function; "none", "weak" or values were due'],
    [
      'prior',
      { concentration: Number.POSITIVE_INFINITY },
      'BAD_OPTION',
      'prior.concentration is Infinity, a finite number',
    ],
    ['prior', { weights: 2 }, 'BAD_OPTION', 'prior.weights is 2, a prior of weights, as dirichlet(2), was due'],
    ['prior', { weights: dirichlet(0.5) }, 'BAD_OPTION', 'Dirichlet(0.5, …) on the weights, has no highest point'],
    [
      'prior',
      { weights: dirichlet(2), concentration: 2 },
      'BAD_OPTION',
      'prior has both weights and concentration, which is short for them; one was due',
    ],
    ['prior', { family: 'x' }, 'BAD_OPTION', 'prior.family is "x", an object was due'],
    ['prior', { family: null }, 'BAD_OPTION', 'prior.family is null, an object was due'],
    ['prior', { family: {} }, 'BAD_OPTION', 'prior.family.mean is undefined, an array of 2 numbers was due'],
    ['prior', { family: { ...normal, mean: [0, '0'] } }, 'BAD_OPTION', 'prior.family.mean[1] is "0", a number was due'],
    ['prior', { family: { ...normal, mean: means } }, 'BAD_OPTION', 'prior.family.mean has 4 numbers, 2 were due'],
    [
      'prior',
      { family: { ...normal, degrees: '3' } },
      'BAD_OPTION',
      'prior.family.degrees is "3", a finite number was due',
    ],
    ['prior', { family: { ...normal, a: 1 } }, 'BAD_OPTION', 'prior.family holds "a", which this family does not have'],
    ['start', [], 'BAD_OPTION', 'start is a list; a method, values or a model were due'],
    ['start', { ...start, covariances: 5 }, 'BAD_OPTION', 'start.covariances is 5, a list of 2 matrices was due'],
    ['start', { ...start, covariances: [null, 1] }, 'BAD_DATA', 'start.covariances: the data are null'],
    ['start', { ...start, weights: null }, 'BAD_OPTION', 'start.weights is null, an array of 2 numbers was due'],
    ['start', { ...start, weights: [1n, 0n] }, 'BAD_OPTION', 'start.weights[0] is 1n, a finite number ≥ 0 was due'],
    ['start', { ...start, weights: [1, null] }, 'BAD_OPTION', 'start.weights[1] is null, a finite number ≥ 0 was due'],
    ['start', { ...start, weights: [1] }, 'BAD_SHAPE', 'the start has 1 weight, 2 components were asked for'],
  ] as const) {
    await expect(fitMixture(faithful(), { components: 2, [name]: value } as never, still)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(due),
    });
  }
});

it('a covariance goes with no family but the Gaussian, whatever that family is', async () => {
  for (const [family, due] of [
    [null, 'the family is null'],
    [1, 'the family is 1'],
    ['bernoulli', 'the family is "bernoulli"'],
  ] as const) {
    const options = { components: 2, covariance: 'full', family } as never;
    await expect(fitMixture(faithful(), options, still)).rejects.toThrow(due);
  }
});

it('a prior of the right shape is taken, and a budget may be without end', async () => {
  const family = { mean: new Float64Array(2), shrinkage: 1, degrees: 3, inverseScale: Float64Array.of(1, 0, 0, 1) };
  const options = { components: 2, prior: { family }, budgetMs: Number.POSITIVE_INFINITY };
  await expect(fitMixture(faithful(), options, still)).resolves.toMatchObject({ prior: { name: 'given' } });
});

it('what no memory can hold is refused, and covariances that nobody asks for take none', async () => {
  const wide = { data: Float64Array.from({ length: 3e5 }, (_, i) => Math.sin(i)), rows: 3, cols: 1e5 };
  await expect(fitMixture(wide, { components: 2 }, still)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringMatching(/2 components of gaussian-full over 100,000 columns take 10,000,300,000 statistics/),
  });
  const { model } = await fitMixture(wide, { components: 2, covariance: 'diagonal', screen: 0 }, still);
  expect(MixtureModel.fromJSON(JSON.stringify(model)).means.cols).toBe(1e5);
});

it('log-likelihoods of the space of the fit come back in user space', async () => {
  const x = faithful();
  const { model, logLikelihood } = await fitMixture(x, { components: 3 }, still);
  expect(logLikelihood).toBeCloseTo(model.evaluate(x).logLikelihood, 8);
});

it('a method that keeps another state maps it to mixtures and back', async () => {
  const heard: string[] = [];
  const method: FitMethod = {
    where: 'test/wrapped',
    plan: ({ config }) => {
      const algorithm = evaluate(config);
      return {
        algorithm: {
          ...algorithm,
          collect: (state: { inner: Mixture }, shard, cancel) => algorithm.collect(state.inner, shard, cancel),
          update: (state: { inner: Mixture }, stats) => ({ state, info: algorithm.update(state.inner, stats).info }),
        },
        mixtureOf: (state) => {
          heard.push('out');
          return (state as unknown as { inner: Mixture }).inner;
        },
        stateOf: (inner) => {
          heard.push('in');
          return { inner };
        },
      };
    },
  };
  const start = {
    means: [
      [2, 54],
      [4, 80],
    ],
  };
  const { model } = await fitMixture(faithful(), { components: 2, start }, method);
  expect([...model.means.data].map((m) => Math.round(m))).toEqual([2, 54, 4, 80]);
  expect(heard).toEqual(['in', 'out']);
});

it('a method that does not know the exact log-likelihood has it measured at the end', async () => {
  const blind: FitMethod = {
    where: 'test/blind',
    plan: ({ config }) => {
      const algorithm = evaluate(config);
      const update: AnyAlgorithm['update'] = (state, { sum }) => ({
        state,
        info: { objective: sum.logEvidence, logLikelihood: Number.NaN },
      });
      return { algorithm: { ...algorithm, update } };
    },
  };
  const [seen, measured] = await Promise.all(
    [still, blind].map((method) => fitMixture(faithful(), { components: 2 }, method)),
  );
  expect(measured!.logLikelihood).toBe(seen!.logLikelihood);
  expect(measured!.icl).toBe(seen!.icl);
});

it('criteria count the components that a fit ends with, where its steps change their number', async () => {
  const method: FitMethod = {
    where: 'test/fewer',
    plan: ({ config }) => {
      const own = evaluate(config);
      // Drops the last component of two, then measures.
      const algorithm: AnyAlgorithm = {
        ...own,
        update(state: Mixture, collected) {
          const { info } = own.update(state, collected);
          if (state.logWeights.length === 1) return { state, info };
          const params = gaussianFull.select(state.params as never, [0]);
          return { state: { logWeights: Float64Array.of(0), params }, info: null };
        },
      };
      return { algorithm };
    },
  };
  const fit = await fitMixture(faithful(), { components: 2, executor: inline() }, method);
  expect([fit.model.components, fit.parameters]).toEqual([1, 5]);
  expect(fit.bic).toBeCloseTo(5 * Math.log(272) - 2 * fit.logLikelihood, 9);
});

it('a method that infers a posterior takes weights without a mode, has the weak prior by default, and refuses to have none', async () => {
  const due = { name: 'given', values: { weights: { concentration: 0.5 } } };
  const method: FitMethod = { ...still, infers: 'posterior' };
  for (const prior of [{ weights: dirichlet(0.5) }, { concentration: 0.5 }]) {
    const fit = await fitMixture(faithful(), { components: 2, prior, executor: inline() }, method);
    expect(fit.prior).toMatchObject(due);
    await expect(fitMixture(faithful(), { components: 2, prior }, still)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  }
  await expect(fitMixture(faithful(), { components: 2, prior: { concentration: 0 } }, method)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining('concentration is 0'),
  });
  expect((await fitMixture(faithful(), { components: 2 }, method)).prior.name).toBe('weak');
  await expect(fitMixture(faithful(), { components: 2, prior: 'none' }, method)).rejects.toThrow('has no posterior');
});

it('evaluate is found by its name, and tells rows that nothing can have made', async () => {
  const config = { family: bernoulli, components: 2, start: 'random' } as const;
  const modules = { '@mixtention/mixture': { algorithms, families } };
  expect(build(evaluate(config).spec, modules).spec).toEqual(evaluate(config).spec);
  const data = dataset({ data: Float64Array.of(0, 1), rows: 2, cols: 1 });
  const mixture = {
    logWeights: new Float64Array(1).fill(Number.NEGATIVE_INFINITY),
    params: { width: 1, probabilities: Float64Array.of(0.5) },
  };
  const { logLikelihood } = await evaluateMixture(mixture, data, { family: bernoulli, executor: inline() });
  expect(logLikelihood).toBe(Number.NEGATIVE_INFINITY);
});

it('a start has equal weights, and weight 0 where its centre repeats another', () => {
  const sample = { data: Float64Array.of(1, 1, 2, 2, 1, 1), rows: 3, cols: 2 };
  for (const start of ['k-means++', 'k-means', 'random'] as const) {
    const { logWeights } = startMixture({ family: gaussianFull, components: 3, start }, key(0), sample);
    expect([...logWeights].sort()).toEqual([Math.log(0.5), Math.log(0.5), Number.NEGATIVE_INFINITY].sort());
  }
});

it('one component starts at the mean', () => {
  const sample = { data: Float64Array.of(1, 2, 6), rows: 3, cols: 1 };
  expect([...initialCenters({ components: 1, start: 'random' }, sample, generator(key(0))).data]).toEqual([3]);
});

it('a config whose start is given cannot start by itself', () => {
  expect(() => startMixture({ family: gaussianFull, components: 1, start: 'given' }, key(0), faithful())).toThrow(
    'start values were given',
  );
});

it('mean statistics are weighted, in the space of the fit, over all parts', () => {
  const rows = 150_000;
  const x = { data: Float64Array.from({ length: rows }, (_, n) => n), rows, cols: 1 };
  const weights = Float64Array.from({ length: rows }, (_, n) => n % 2);
  const data = dataset(x, { weights });
  const [first, second] = meanStatistics(gaussianFull.terms(1), data)[0]!;
  const odd = Array.from({ length: rows / 2 }, (_, i) => 2 * i + 1);
  expect(first).toBeCloseTo(odd.reduce((a, b) => a + b) / odd.length, 9);
  expect(second! / (odd.reduce((a, b) => a + b * b, 0) / odd.length)).toBeCloseTo(1, 12);
  const [mean, square] = meanStatistics(gaussianFull.terms(1), prepare(data, true))[0]!;
  expect(mean).toBeCloseTo(0, 12);
  expect(square).toBeCloseTo(1, 12);
});

it('criteria follow their definitions', () => {
  expect(criteria(5, 100, -50, -3)).toEqual({
    parameters: 5,
    bic: 5 * Math.log(100) + 100,
    aic: 110,
    icl: 5 * Math.log(100) + 106,
  });
});
