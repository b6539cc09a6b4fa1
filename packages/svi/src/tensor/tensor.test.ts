import { generator, key, sampleWithoutReplacement as sampled } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import autoregression from '../examples/autoregression.mjs';
import eightSchools from '../examples/eight-schools.mjs';
import gaussianMixture from '../examples/gaussian-mixture.mjs';
import logRegression from '../examples/log-regression.mjs';
import regression from '../examples/regression.mjs';
import { aroundZero } from '../guides/around.ts';
import {
  autoCoupling,
  autoLowRank,
  autoMixture,
  autoMultivariateNormal,
  autoNormal,
  autoStructured,
  type Guide,
  writtenGuide,
} from '../guides/index.ts';
import { compileObjective, type Discrete, type Estimator } from '../inference/objective.ts';
import { type Model, nonCentred, posterior } from '../model/index.ts';
import { targets } from '../testing-targets.ts';
import { tensorBound, tensorPosterior } from './index.ts';

const wave = (n: number, step: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(step * i + 1));
const eye = [
  [1, 0],
  [0, 1],
];

/** Every constraint and most distributions at once. */
const zoo: Model<null> = (m) => {
  const scales = m.sample('scales', m.inverseGamma(3, 2), { shape: [2] });
  const share = m.sample('share', m.dirichlet([1, 2, 3]));
  const precision = m.sample('precision', m.wishart(4, { scale: eye }));
  const factor = m.sample('factor', m.lkjCholesky(3, 2));
  const inOrder = m.sample('inOrder', m.ordered(m.normal([0, 0, 0], 1)));
  const between = m.sample('between', m.uniform(-1, 3));
  const tail = m.sample('tail', m.studentT(4, 0, 1));
  const location = m.sample('location', m.multivariateNormal([0, 0], { factor: m.cholesky(precision) }));
  const rate = m.sample('rate', m.logNormal(0, 1));
  m.observe('y', m.laplace(m.add(location, between), scales), [0.3, -0.2]);
  m.observe('counts', m.poisson(m.mul(rate, share)), [1, 0, 2]);
  m.observe('z', m.cauchy(m.matmul(factor, inOrder), m.exp(tail)), [0.1, 0.4, -0.7]);
  m.observe('k', m.binomial(7, m.sigmoid(m.sum(m.tanh(inOrder)))), 3);
  m.observe('g', m.gumbel(tail, rate), 0.2);
  m.observe('h', m.halfNormal(rate), 0.4);
  m.observe('path', m.normal(m.cumulativeSum(m.log1p(m.square(inOrder))), 2), [0.5, 0.9, 1.4]);
};
/** What `autoStructured` has families of its own for: implicit gradients of gammas. */
const conjugate: Model<null> = (m) => {
  const share = m.sample('share', m.dirichlet([1, 2, 3]));
  const precision = m.sample('precision', m.wishart(4, { scale: eye }));
  const rate = m.sample('rate', m.gamma(2, 1.5));
  const p = m.sample('p', m.beta(2, 3));
  m.observe('x', m.multivariateNormal([0, 0], { factor: m.cholesky(precision) }), [0.4, -0.9]);
  m.observe('counts', m.poisson(m.mul(rate, share)), [1, 0, 2]);
  m.observe('k', m.binomial(7, p), 3);
};
/** So many rows that their evidence goes through the kernel. */
const many: Model<null> = (m) => {
  const weights = m.sample('weights', m.dirichlet([2, 2, 2]));
  const places = m.sample('places', m.normal(0, 2), { shape: [3] });
  m.observe('rows', m.mixture(weights, m.normal(places, 0.7)), wave(100, 0.7));
};
const sizes = (step: number): number[] => wave(9, step).map((x) => x + 2);
const bushes = {
  diam1: sizes(1),
  diam2: sizes(1.3),
  canopy_height: sizes(1.7),
  total_height: sizes(2.2),
  density: sizes(0.4),
  group: [0, 1, 0, 1, 1, 0, 0, 1, 1],
  weight: sizes(0.9),
};
const bounded: Model<null> = ({ sample, observe, factor, truncatedNormal, halfStudentT, negativeBinomial, ...m }) => {
  const [mean, scale] = [sample('mean', truncatedNormal(1, 2, { lower: 0 })), sample('scale', halfStudentT(3, 1))];
  observe('counts', negativeBinomial(mean, scale), [0, 2, 5]);
  observe('rank', m.orderedLogistic(mean, sample('cuts', m.ordered(m.normal([0, 0], 2)))), [0, 2, 1, 1]);
  factor('beyond', m.sum(m.normalLogCdf(m.div(m.sub(mean, [-4, 0.5, 9]), scale))));
};
const models: readonly (readonly [string, Model<never>, object | null])[] = [
  ['eight schools', eightSchools as Model<never>, { J: 8, y: wave(8, 1.3), sigma: wave(8, 0.1).map((x) => x + 2) }],
  ['a mixture', gaussianMixture as Model<never>, { N: 12, y: wave(12, 2) }],
  ['an autoregression', autoregression as Model<never>, { K: 5, T: 20, y: wave(20, 0.9) }],
  ['a regression', regression as Model<never>, { kid_score: wave(9, 1.2), mom_iq: wave(9, 0.5) }],
  ['a regression of logarithms', logRegression as Model<never>, bushes],
  ['a zoo', zoo as Model<never>, null],
  ['bounds and ranks', bounded as Model<never>, null],
  ['rows by the kernel', many as Model<never>, null],
  ...targets.map(({ title, model }) => [title, model as Model<never>, null] as const),
];

const written = writtenGuide((g) => {
  const inner = g.tanh(g.matmul(g.parameter('w', [0.2, -0.4], [1, 2]), [[0.3], [0.7]]));
  g.sample('p', g.beta(g.exp(g.sum(inner)), g.exp(g.parameter('b', 0.4))));
});
const coin: Model<null> = ({ sample, observe, beta, bernoulli }) =>
  observe('y', bernoulli(sample('p', beta(2, 3))), [1, 0, 1]);
const cut: Model<null> = ({ sample, observe, plate, normal }) => {
  const mu = sample('mu', normal(0, 1));
  plate('rows', 30, { subsample: 7 }, (rows) => observe('y', normal(mu, 1), rows(wave(30, 0.4))));
};
const switches: Model<null> = ({ sample, observe, plate, normal, bernoulli, mul, add }) => {
  const shift = sample('shift', normal(0, 1));
  plate('n', 4, () => {
    const z = sample('z', bernoulli(0.4));
    observe('y', normal(add(shift, mul(2, z)), 1), wave(4, 1.1));
  });
};

/** Whether numbers agree to some share of the largest. */
function expectClose(came: ArrayLike<number>, due: ArrayLike<number>, share: number): void {
  const size = Math.max(1, ...Array.from(due, Math.abs));
  Array.from(due).forEach((x, i) => {
    expect(Math.abs(came[i]! - x) / size).toBeLessThan(share);
  });
}

describe.each((await availableBackends()).filter(({ tf }) => tf !== null))('on $name', ({ tf: own }) => {
  const tf = own as typeof tfjs;

  test.each(models)('%s: the log density and its gradient are those of emitted code', (_, model, data) => {
    const due = posterior(model as Model<object | null>, data);
    const { dimension, logDensity, dispose } = tensorPosterior(tf, model as Model<object | null>, data);
    expect(dimension).toBe(due.dimension);
    const u = Float64Array.from(wave(dimension, 0.8), (x) => 0.5 * x);
    const gradient = new Float64Array(dimension);
    const value = due.logDensity(u, gradient);
    tf.tidy(() => {
      const at = tf.tensor1d(Float32Array.from(u));
      expectClose(logDensity(at).dataSync(), [value], 2e-5);
      expectClose(tf.grad(logDensity)(at).dataSync(), gradient, 1e-4);
    });
    dispose();
  });

  const guided: readonly (readonly [
    string,
    Guide,
    Model<null>,
    Exclude<Estimator, 'importance-weighted'>,
    Discrete,
  ])[] = [
    ...[autoNormal(), autoMultivariateNormal(), autoLowRank(), autoCoupling()].map(
      (guide) => [guide.name, guide, zoo, 'pathwise', 'score'] as const,
    ),
    ['autoStructured', autoStructured(), conjugate, 'pathwise', 'score'],
    ['a mixture of guides', autoMixture(), targets[5]!.model, 'pathwise', 'score'],
    ['a small network', written, coin, 'path-derivative', 'score'],
    ['divergences in closed form', autoStructured(), targets[3]!.model, 'analytic-kl', 'score'],
    ['minibatches', autoNormal(), cut, 'pathwise', 'score'],
    ['scores', autoNormal(), switches, 'pathwise', 'score'],
    ['every value', autoNormal(), switches, 'pathwise', 'enumerated'],
    ['relaxed draws', autoNormal(), switches, 'pathwise', 'relaxed'],
    ['straight-through draws', autoNormal(), switches, 'pathwise', 'straight-through'],
  ];
  test.each(guided)(
    '%s: the bound of a draw and its gradient are those of emitted code',
    (_, guide, model, estimator, discrete) => {
      const dimension = model === zoo || model === conjugate ? posterior(model, null).dimension : 1;
      const given = { model, data: null, guide, around: aroundZero(dimension) };
      const { step, begin, baselines, subsets } = compileObjective(given, estimator, discrete);
      const { parameters, bound, dispose } = tensorBound(tf, model, null, { guide, estimator, discrete });
      // The rows of a minibatch come of the stream before the draws.
      const ours = generator(key(5));
      const theirs = generator(key(5));
      for (const { rows, size } of subsets) rows.set(sampled(theirs, size, rows.length));
      step.inputs.set(begin);
      if (discrete === 'relaxed' || discrete === 'straight-through') step.inputs[begin.length + baselines] = 0.5;
      step.run(theirs);
      tf.tidy(() => {
        const tensors = parameters.map(({ begin: from, shape }) => tf.tensor(from, [...shape]));
        const { value, grads } = tf.valueAndGrads((...xs: tfjs.Tensor[]) => bound(xs, ours))(tensors);
        expectClose(value.dataSync(), step.outputs.subarray(0, 1), 1e-4);
        const slopes = grads.flatMap((slope) => Array.from(slope.dataSync()));
        expectClose(slopes, step.outputs.subarray(1, 1 + begin.length), 1e-3);
      });
      dispose();
    },
  );

  test('nothing is left behind, and wrong shapes are told', () => {
    const before = tf.memory().numTensors;
    const one = tensorPosterior(tf, coin, null);
    const at = tf.tensor1d([0.3]);
    for (let i = 0; i < 20; i++) tf.dispose(tf.grad(one.logDensity)(at));
    expect(() => one.logDensity(tf.zeros([2]))).toThrow('a tensor of shape [2] came, [1] was due');
    const { bound, dispose } = tensorBound(tf, coin, null, { guide: autoNormal() });
    expect(() => bound([], generator(key(0)))).toThrow('nothing came; p.loc a number, p.logScale a number were due');
    expect(() => tensorPosterior(tf, switches, null)).toThrow('site "z" is discrete');
    one.dispose();
    dispose();
    at.dispose();
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

test('ten thousand steps of a bound leave no tensor and no byte behind', async () => {
  const [backend] = (await availableBackends()).filter(({ name }) => name === 'tfjs-wasm');
  const tf = backend!.tf as typeof tfjs;
  const one: Model<null> = ({ sample, normal }) => sample('x', normal(2, 1));
  const { parameters, bound, dispose } = tensorBound(tf, one, null, { guide: autoNormal() });
  const random = generator(key(1));
  let at = parameters.map(({ begin, shape }) => tf.tensor(begin, [...shape]));
  const step = (): void => {
    const moved = tf.tidy(() => {
      const { grads } = tf.valueAndGrads((...xs: tfjs.Tensor[]) => bound(xs, random))(at);
      return at.map((x, i) => tf.add(x, tf.mul(0.01, grads[i]!)));
    });
    tf.dispose(at);
    at = moved;
  };
  for (let i = 0; i < 10; i++) step();
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  for (let i = 0; i < 10_000; i++) step();
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
  // They have moved: towards 20, N(2, 1) in units of 0.1 about 0.
  expect(at[0]!.dataSync()[0]).toBeGreaterThan(5);
  tf.dispose(at);
  dispose();
});

test('a bound begins in the coordinates of what it is told to begin around', async () => {
  const [backend] = (await availableBackends()).filter(({ name }) => name === 'tfjs-wasm');
  const tf = backend!.tf as typeof tfjs;
  const funnel: Model<null> = ({ sample, normal, exp }) => {
    sample('x', normal(0, exp(sample('v', normal(0, 3)))));
  };
  const begun = (model: Model<null>, sites: readonly string[]): number => {
    const around = { ...aroundZero(2), nonCentred: sites };
    const { parameters, bound, dispose } = tensorBound(tf, model, null, { guide: autoNormal(), around });
    const at = parameters.map(({ begin, shape }) => tf.tensor(begin, [...shape]));
    const made = bound(at, generator(key(0))).dataSync()[0]!;
    dispose();
    return made;
  };
  expect(begun(funnel, ['x'])).toBe(begun(nonCentred(funnel, ['x']), []));
  expect(begun(funnel, ['x'])).not.toBe(begun(funnel, []));
});
