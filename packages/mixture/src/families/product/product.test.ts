import type { Matrix } from '@mixtention/core';
import { generator, key, logSumExp } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { MixtureModel } from '../../model/index.ts';
import { bernoulli } from '../bernoulli/bernoulli.ts';
import { gaussianFull } from '../gaussian-full/gaussian-full.ts';
import { gaussianSpherical } from '../gaussian-spherical/gaussian-spherical.ts';
import { expectClose, meanStatisticsOf, runEm } from '../testing.ts';
import { product } from './product.ts';

// What every family does is tested by the conformance suite; here stands what is special about this one.

const family = product([
  { family: gaussianFull, columns: [3, 0] },
  { family: bernoulli, columns: [1, 2, 4] },
]);
const params = family.fromDescription({
  means: { data: Float64Array.of(-1, 0.2, 0.9, 2, 0.5, 1.5, 0.7, 0.1, -1, 0.3), rows: 2, cols: 5 },
  covariances: [0.6, -0.3].map((c) => block([3, 0], [1, c, c, 0.5])),
});
const logWeights = Float64Array.of(Math.log(0.4), Math.log(0.6));
const model = new MixtureModel({ family, params, logWeights });
const { x } = model.sample(200, 3);

/** A block on two of five columns. */
function block([a, b]: number[], cells: number[]): Matrix {
  const data = new Float64Array(25);
  [a! * 5 + a!, a! * 5 + b!, b! * 5 + a!, b! * 5 + b!].forEach((at, i) => {
    data[at] = cells[i]!;
  });
  return { data, rows: 5, cols: 5 };
}

/** log π_k + log p(x | k) by the definition of each density, cell by cell. */
function bruteForce(row: ArrayLike<number>): number[] {
  const { means, covariances } = family.describe(params);
  return [0, 1].map((k) => {
    const at = (d: number): number => means.data[5 * k + d]!;
    const cov = (i: number, j: number): number => covariances![k]!.data[5 * i + j]!;
    const [a, b] = [row[0]! - at(0), row[3]! - at(3)];
    const det = cov(0, 0) * cov(3, 3) - cov(0, 3) ** 2;
    const square = (cov(3, 3) * a * a - 2 * cov(0, 3) * a * b + cov(0, 0) * b * b) / det;
    const bits = [1, 2, 4].reduce((sum, d) => sum + Math.log(row[d] === 1 ? at(d) : 1 - at(d)), 0);
    return logWeights[k]! - Math.log(2 * Math.PI) - 0.5 * (Math.log(det) + square) + bits;
  });
}

describe.each(await availableBackends(['plain', 'native', 'wasm']))('on $name', (backend) => {
  it('scores a row by the product of the densities of its parts', () => {
    const tolerance = backend.precision === 'float64' ? 1e-12 : 1e-5;
    const due = Array.from({ length: x.rows }, (_, n) => bruteForce(x.data.subarray(5 * n, 5 * n + 5)));
    const evidence = due.map((logs) => logSumExp(Float64Array.from(logs)));
    expectClose(model.logDensity(x, { backend }), evidence, tolerance);
    expectClose(
      model.responsibilities(x, { backend }).data,
      due.flatMap((logs, n) => logs.map((l) => Math.exp(l - evidence[n]!))),
      tolerance,
    );
  });
});

it('EM on it never lowers the likelihood, and ends where each part alone has its optimum under the same responsibilities', () => {
  const random = generator(key(1));
  const centers = { data: Float64Array.from({ length: 10 }, () => random.uniform()), rows: 2, cols: 5 };
  const start = {
    params: family.startAt(centers, meanStatisticsOf(family, x)),
    logWeights: logWeights.map(() => -Math.log(2)),
  };
  const { params: end, trace, logWeights: weights } = runEm(family, x, start, 200);
  trace.slice(1).forEach((l, i) => {
    expect(l).toBeGreaterThanOrEqual(trace[i]! - 1e-9);
  });
  const fitted = new MixtureModel({ family, params: end, logWeights: weights });
  const r = Float64Array.from(fitted.responsibilities(x).data);
  [0, 1].forEach((k) => {
    const count = r.reduce((sum, v, i) => (i % 2 === k ? sum + v : sum), 0);
    for (let d = 0; d < 5; d++) {
      const mean = Array.from({ length: x.rows }, (_, n) => (r[2 * n + k]! * x.data[5 * n + d]!) / count);
      expect(fitted.means.data[5 * k + d]!).toBeCloseTo(
        mean.reduce((a, b) => a + b, 0),
        5,
      );
    }
  });
});

it('a model file holds its parts and columns by name, and gives the same bits', () => {
  const text = JSON.stringify(model);
  expect(text).not.toContain('module');
  const again = MixtureModel.fromJSON(text);
  expect(again.family.spec).toEqual(family.spec);
  expect(again.logDensity(x)).toEqual(model.logDensity(x));
  const file = JSON.parse(text) as { params: { parts: { [part: string]: object } } };
  delete file.params.parts['1'];
  expect(() => MixtureModel.fromJSON(file)).toThrow('params.parts.1 is undefined, an object was due');
});

it('only columns of Gaussian parts are scaled, and balls of two parts each have a scale of their own', () => {
  const balls = product([
    { family: gaussianSpherical, columns: [0, 3] },
    { family: bernoulli, columns: [2] },
    { family: gaussianSpherical, columns: [1, 4] },
  ]);
  expect(balls.columns(5).map(({ scaling }) => scaling)).toEqual([0, 1, 'none', 0, 1]);
  const { transform } = model;
  expect([1, 2, 4].map((d) => [transform.center[d], transform.scale[d]])).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
  expect(transform.scale[0]).not.toBe(1);
});

it('a cell outside the support of its part is named by its column in the data', () => {
  expect(() => model.predict([[0, 1, 1, 0, 0.5]])).toThrow('row 0, column 4 (counted from 0) is 0.5');
});

it('the prior of a part is told with its columns; where a part has none there is none', () => {
  const conjugate = family.prior!;
  expect(conjugate.describe(conjugate.weak(5, meanStatisticsOf(family, x)))).toMatch(
    /^normal–Wishart .* \(columns 3, 0\), Beta\(1.1, 1.1\) .* \(columns 1, 2, 4\)$/,
  );
  expect(family.defaultPrior).toBe('weak');
  const { prior, ...bare } = gaussianFull;
  const partly = product([
    { family: bare, columns: [3, 0] },
    { family: bernoulli, columns: [1, 2, 4] },
  ]);
  expect(partly).not.toHaveProperty('prior');
  expect(partly).not.toHaveProperty('defaultPrior');
});

it('columns must be 0 … D − 1, each once, and data as wide', () => {
  const bits = { family: bernoulli, columns: [0, 1] };
  expect(() => product([])).toThrow('a list of { family, columns } was due');
  expect(() => product([{ family: 'bernoulli' as never, columns: [0] }])).toThrow(
    'the family of part 0 is "bernoulli"',
  );
  expect(() => product([{ family: bernoulli, columns: [] }])).toThrow('the columns of part 0 are');
  expect(() => product([bits, { family: gaussianFull, columns: [1] }])).toThrow('parts 0 and 1 have column 1');
  expect(() => product([bits, { family: gaussianFull, columns: [3] }])).toThrow('part 1 has column 3; whole numbers');
  expect(() => model.predict([[0, 1]])).toThrow('5');
  expect(() => family.terms(4)).toThrow('the parts have 5 columns together, the data have 4');
});
