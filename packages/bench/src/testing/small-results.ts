import { faithful } from '@mixtention/mixture';
import {
  type BayesMark,
  type Comparison,
  type CompletedDigit,
  type Contender,
  FORMAT,
  type Picture,
  type Results,
  VERSION,
} from '../main-job/results.ts';
import { targets } from '../main-job/targets.ts';
import { pictureOf } from '../page/picture.ts';
import { smallDigitModels } from './small-digit-models.ts';
import { smallEstimators } from './small-estimators.ts';

/** Results as of a job in which every target was met, with pictures of a ring. */
export function smallResults(): Results {
  const found = withoutTargets();
  return { ...found, targets: targets(found) };
}

function withoutTargets(): Omit<Results, 'targets'> {
  const shown = [0.6, 0.4].map((weight) => ({ weight, picture: ring(8 * weight) }));
  const fit = {
    start: 'random',
    prior: 'Beta(1.1, 1.1) on each probability',
    status: 'stopped',
    iterations: 12,
  } as const;
  const rest = { ...fit, parameters: 7849, largestFall: 0, trainLogLikelihood: -140 };
  return {
    format: FORMAT,
    version: VERSION,
    madeAt: '2026-01-02T03:04:05.678Z',
    machine: {
      cpu: 'A <processor>',
      cores: 2,
      node: 'v20.20.2',
      platform: 'linux x64',
      loadAverage: 0.5,
      backend: 'tfjs-node',
      workers: 2,
    },
    seconds: 42,
    stages: [{ name: 'reading digits', seconds: 1.5 }],
    kernel: smallKernel(),
    digitModels: smallDigitModels,
    digits: {
      name: 'static binarised MNIST, standard split',
      isStandard: true,
      train: 50_000,
      test: 10_000,
      stopping: 'stopped after 12 iterations',
      fits: [
        { ...rest, components: 10, restarts: 3, seconds: 4, testLogLikelihood: -167, shown },
        { ...rest, components: 100, restarts: 1, seconds: 2, testLogLikelihood: -137.2, shown },
        { ...rest, components: 500, restarts: 1, seconds: 9, testLogLikelihood: -126.6, shown: [] },
      ],
      published: [
        { name: 'Bernoulli mixture, K = 100', value: -142.63, source: 'Salakhutdinov & Hinton 2009' },
        { name: 'NADE', value: -88.33, source: 'Uria et al. 2016' },
      ],
    },
    completion: {
      components: 100,
      logitScale: 1,
      rows: 10_000,
      seconds: 0.5,
      joint: 72.5,
      marginal: 87,
      pixelAccuracy: 0.9,
      sure: { atLeast: 0.95, rows: 8000, nats: 10, missed: 900 },
      sharpness: [
        { logitScale: 1, joint: 72.5, marginal: 87, effectiveComponents: 1.3 },
        { logitScale: 0.1, joint: 65.4, marginal: 76.1, effectiveComponents: 4.2 },
      ],
      others: [{ components: 500, joint: 67.6, marginal: 86 }],
      examples: Array.from({ length: 10 }, (_, i) => completedDigit(i)),
      published: [{ name: 'Gumbel-softmax', value: 58.5, source: 'Jang, Gu & Poole 2017, table 1' }],
    },
    digitsTraining: {
      components: 10,
      ...comparison(-167, [contender('EM', 60), contender('Adam', 150)]),
      perRow: true,
      within: 1,
    },
    faithful: {
      ...comparison(-1130.26396018474, [
        contender('EM', 13),
        contender('Adam', 195),
        contender('gradient descent', 549),
      ]),
      rows: pairs(faithful().data),
      components: [
        { weight: 0.644, mean: [4.29, 79.97], covariance: [0.17, 0.94, 0.94, 36.05] },
        { weight: 0.356, mean: [2.04, 54.48], covariance: [0.069, 0.435, 0.435, 33.7] },
      ],
      starts: [
        {
          backend: 'plain',
          tolerance: 1e-6,
          oneComponent: -1289.796745052614,
          twoComponents: Array.from({ length: 10 }, () => -1130.26396018474),
          reached: 10,
          largestFall: 0,
        },
      ],
    },
    bayes: {
      sizes: [1, 2, 3].map((components) => ({
        components,
        bound: [-1310.13, -1169.06, -1175.21][components - 1]!,
        active: components,
        iterations: 13,
        em: {
          logLikelihood: [-1289.797, -1130.264, -1119.214][components - 1]!,
          bic: [2607.62, 2322.19, 2333.73][components - 1]!,
        },
      })),
      dying: {
        components: 4,
        concentration: 0.001,
        bound: -1187.45,
        active: 2,
        iterations: 30,
        status: 'converged',
        expectedWeights: [0.65, 0.35, 1e-6, 1e-6],
        trace: Array.from({ length: 31 }, (_, iteration) => markAt(iteration)),
        em: { logLikelihood: -1106.03, bic: 2340.99 },
      },
      digits: {
        components: 100,
        iterations: 16,
        seconds: 2,
        status: 'stopped',
        bound: -140,
        active: 100,
        testLogLikelihood: -136.9,
      },
    },
    variational: {
      freeForm: -435.0934276803,
      fits: [
        {
          assignments: 'exact',
          bound: -435.24,
          boundError: 0.007,
          relaxedObjective: null,
          iterations: 1299,
          gradientEvaluations: 1300,
          seconds: 9,
        },
        {
          assignments: 'relaxed',
          bound: -435.27,
          boundError: 0.007,
          relaxedObjective: -434.7,
          iterations: 999,
          gradientEvaluations: 1000,
          seconds: 8,
        },
      ],
    },
    estimators: smallEstimators,
    shift: { backend: 'tfjs-node', deviations: 1e5, cases: [{ covariance: 'full', difference: 1e-5 }] },
  };
}

/** Two of four components die, the third at once, the fourth later. */
function markAt(iteration: number): BayesMark {
  const left = [Math.max(0, 40 - 2 * iteration), Math.max(0, 60 - 12 * iteration)];
  return {
    iteration,
    terms: {
      data: -950 + iteration / 3,
      assignments: -600 + 12 * iteration,
      entropy: 300 - 9 * iteration,
      weights: -70 + iteration,
      components: -130 + 3 * iteration,
    },
    counts: [272 - 90 - left[0]! - left[1]!, 90, ...left],
  };
}

function comparison(best: number, contenders: readonly Contender[]): Comparison {
  return { within: 0.05, perRow: false, best, contenders };
}

/** Falls tenfold a step at first, and comes to a hundred millionth. */
function contender(name: Contender['name'], iterations: number): Contender {
  const trace = Array.from({ length: iterations + 1 }, (_, iteration) => ({
    iteration,
    seconds: 1e-4 * (iteration + 1),
    gap: 300 * 10 ** ((-10 * iteration) / iterations),
  }));
  return {
    name,
    learningRate: name === 'EM' ? null : 0.1,
    status: 'converged',
    iterations,
    gradientEvaluations: name === 'EM' ? 0 : iterations + 1,
    seconds: 1e-4 * iterations,
    logLikelihood: -1130.2639602,
    reached: { iteration: Math.round(iterations / 2), seconds: 5e-5 * iterations },
    trace,
  };
}

function completedDigit(i: number): CompletedDigit {
  const top = [0.7, 0.2995, 0.0005].map((responsibility, k) => ({
    component: k,
    responsibility,
    picture: ring(4 + 2 * k),
  }));
  return {
    row: 1000 * i,
    truth: ring(9),
    completed: ring(8),
    effectiveComponents: 1.8 + i,
    overlap: 0.8,
    missed: i === 3,
    joint: 70,
    marginal: 85,
    top,
  };
}

/** A ring of some radius around the middle. */
function ring(radius: number): Picture {
  const distance = (i: number): number => Math.hypot(Math.floor(i / 28) - 13.5, (i % 28) - 13.5);
  return pictureOf(Array.from({ length: 784 }, (_, i) => Math.exp(-((distance(i) - radius) ** 2) / 3)));
}

function pairs(data: ArrayLike<number>): (readonly [number, number])[] {
  return Array.from({ length: data.length / 2 }, (_, n) => [data[2 * n]!, data[2 * n + 1]!] as const);
}

/** Two shapes on three kernels. */
function smallKernel(): Results['kernel'] {
  const rates = { multiplyAdds: 4e10, by: 'NumPy 2.0', exponentials: 1e9, bytes: 1e10 };
  const time = (name: string, share: number, limit: 'products' | 'memory') => {
    const precision = name.endsWith('64') ? ('float64' as const) : ('float32' as const);
    return { name, precision, ms: 1 / share, share, limit };
  };
  const shape = (name: string, limit: 'products' | 'memory') => ({
    name,
    limits: { float32: rates, float64: { ...rates, multiplyAdds: 2e10 } },
    backends: [
      time('wasm float32', 0.31, limit),
      time('avx512 float32', 1.08, limit),
      time('wasm float64', 0.004, limit),
    ],
  });
  return {
    machine: { cpu: 'A <processor>', cores: 2, node: 'v20.20.2', platform: 'linux x64', loadAverage: 0.5 },
    rounds: 9,
    shapes: [shape('P = 64, K = 64', 'products'), shape('attention, 4096 keys, d = 64', 'memory')],
  };
}
