import { lgamma, logBeta } from '@mixtention/core/numeric';
import { faithful } from '@mixtention/mixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faithfulCsv, runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;
let bits: string;

const BITS = Array.from({ length: 40 }, (_, n) => [Number(n % 3 === 0), Number(n % 7 < 5), 1]);
const { data: cells, rows: N } = faithful();
const column = (d: number): Float64Array => Float64Array.from({ length: N }, (_, n) => cells[2 * n + d]!);

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
  bits = await folder.put('bits.csv', BITS.map((row) => row.join(',')).join('\n'));
});
afterAll(() => folder.remove());

const MEAN = [3.2, 72] as const;
const BETA = 0.7;
const LOG_2PI = Math.log(2 * Math.PI);

/** Σ (x − x̄)(y − ȳ), and what the prior's mean adds to it. */
function scatter(i: 0 | 1, j: 0 | 1): number {
  const [x, y] = [column(i), column(j)];
  const [mx, my] = [x, y].map((values) => values.reduce((sum, v) => sum + v, 0) / N) as [number, number];
  const own = x.reduce((sum, v, n) => sum + (v - mx) * (y[n]! - my), 0);
  return own + ((BETA * N) / (BETA + N)) * (mx - MEAN[i]) * (my - MEAN[j]);
}

/** Of columns under one precision that is Gamma(shape, rate): Murphy (2007), Conjugate Bayesian analysis of the Gaussian distribution, eq. 95. */
function gammaEvidence(columns: readonly (0 | 1)[], shape: number, rate: number): number {
  const D = columns.length;
  const after = shape + (N * D) / 2;
  const rest = rate + columns.reduce((sum: number, d) => sum + scatter(d, d), 0) / 2;
  return (
    lgamma(after) -
    lgamma(shape) +
    shape * Math.log(rate) -
    after * Math.log(rest) +
    (D / 2) * (Math.log(BETA / (BETA + N)) - N * LOG_2PI)
  );
}

/** Two columns under a Wishart: the same, eq. 234. */
function wishartEvidence(degrees: number, [[a, b], [c, d]]: readonly (readonly number[])[] & number[][]): number {
  const logGamma = (nu: number): number => lgamma(nu / 2) + lgamma((nu - 1) / 2);
  const before = a! * d! - b! * c!;
  const after = (a! + scatter(0, 0)) * (d! + scatter(1, 1)) - (b! + scatter(0, 1)) * (c! + scatter(0, 1));
  return (
    -N * Math.log(Math.PI) +
    logGamma(degrees + N) -
    logGamma(degrees) +
    (degrees / 2) * Math.log(before) -
    ((degrees + N) / 2) * Math.log(after) +
    Math.log(BETA / (BETA + N))
  );
}

const inverseScale = [
  [2, 3],
  [3, 300],
];
const wishart = { mean: MEAN, shrinkage: BETA, degrees: 2.5, inverseScale };
const rate = [0.4, 45];
const gamma = { mean: MEAN, shrinkage: BETA, shape: 1.7 };
const beta = { a: 1.5, b: 2.5 };

describe('a prior file is in the units of the data: with one component the bound is the evidence that its formula gives, to 1e-9', () => {
  test.each([
    ['full', wishart, () => wishartEvidence(2.5, inverseScale)],
    ['tied', wishart, () => wishartEvidence(2.5, inverseScale)],
    ['diagonal', { ...gamma, rate }, () => gammaEvidence([0], 1.7, 0.4) + gammaEvidence([1], 1.7, 45)],
    ['spherical', { ...gamma, rate: 30 }, () => gammaEvidence([0, 1], 1.7, 30)],
    [
      'bernoulli',
      beta,
      () =>
        [0, 1, 2].reduce((sum, d) => {
          const ones = BITS.filter((row) => row[d] === 1).length;
          return sum + logBeta(1.5 + ones, 2.5 + 40 - ones) - logBeta(1.5, 2.5);
        }, 0),
    ],
  ] as const)('%s', async (name, values, evidence) => {
    const file = await folder.put(`${name}.json`, JSON.stringify({ ...values, concentration: 1 }));
    const of = name === 'bernoulli' ? ['fit', bits, '--family', name] : ['fit', data, '--covariance', name];
    const { stdout } = await runHere([...of, '--inference', 'vb', '--components', '1', '--prior', file, '--json']);
    const { bound } = JSON.parse(stdout) as { bound: number };
    expect(Math.abs(bound / evidence() - 1)).toBeLessThan(1e-9);
  });
});

describe('what a prior file cannot be is said in its words', () => {
  const { mean } = gamma;
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'full',
      { ...gamma, rate },
      'holds "shape", which the prior of full covariances does not have; mean, shrinkage, degrees and inverseScale were due',
    ],
    [
      'full',
      { ...wishart, mean: undefined, men: mean },
      'holds "men", which the prior of full covariances does not have (is it "mean"?)',
    ],
    [
      'full',
      { mean, shrinkage: 1, degrees: 3 },
      'has no "inverseScale"; mean, shrinkage, degrees and inverseScale were due',
    ],
    ['full', { ...wishart, mean: ['x', 70] }, 'mean[0] is "x", a number was due'],
    [
      'full',
      {
        ...wishart,
        inverseScale: [
          [1, 2, 3],
          [2, 200],
        ],
      },
      'inverseScale[0] has 3 numbers, 2 were due',
    ],
    ['diagonal', gamma, 'has no "rate"; mean, shrinkage, shape and rate were due'],
    ['diagonal', { ...gamma, rate: 30 }, 'rate is 30, a list of 2 numbers was due'],
    ['diagonal', { ...gamma, rate: [1] }, 'rate has 1 number, 2 were due'],
    ['diagonal', { ...gamma, rate: [1, 0] }, 'rate[1] is 0, a number above 0 was due'],
    ['diagonal', { ...gamma, rate, degrees: 3 }, 'holds both shape and degrees, which is twice that; one was due'],
    [
      'diagonal',
      { ...gamma, rate: [1e-30, 1] },
      'the rate of column 0 is 1e-30, where half the variance of the data is 0.64',
    ],
    ['spherical', { ...gamma, rate }, 'rate is a list, a number above 0 was due'],
    ['bernoulli', { a: 1.5 }, 'has no "b"; a and b were due'],
    [
      'bernoulli',
      { ...beta, mean },
      'holds "mean", which the prior of Bernoulli components does not have; a and b were due',
    ],
  ];
  test.each(cases)('%s %j', async (name, values, sentence) => {
    const file = await folder.put('wrong.json', JSON.stringify(values));
    const of = name === 'bernoulli' ? ['fit', bits, '--family', name] : ['fit', data, '--covariance', name];
    const { code, stderr } = await runHere([...of, '--inference', 'vb', '--components', '2', '--prior', file]);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  test('a concentration goes with no type-ii, be it in the file or a flag', async () => {
    const file = await folder.put('heavy.json', JSON.stringify({ ...wishart, concentration: 2 }));
    const args = ['fit', data, '--inference', 'vb', '--components', '2', '--weights-prior', 'type-ii'];
    const { code, stderr } = await runHere([...args, '--prior', file]);
    expect(stderr).toContain('heavy.json has a concentration, which goes with no --weights-prior type-ii');
    expect(code).toBe(2);
  });
});
