import { fail } from '@mixtention/core/base';
import {
  add,
  broadcastShapes,
  broadcastTo,
  cholesky,
  concat,
  diagonal,
  digamma,
  exp,
  lgamma,
  log,
  matmul,
  mul,
  neg,
  random,
  reshape,
  type Shape,
  showShape,
  sqrt,
  square,
  stack,
  sub,
  sum,
  transpose,
  triangularSolve,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';
import { HALF_LOG_2PI } from './on-the-line.ts';

/** How the spread of a multivariate normal is said: a covariance, its lower Cholesky factor, or single deviations. */
export type Spread =
  | { readonly covariance: ValueLike }
  | { readonly factor: ValueLike }
  | { readonly deviations: ValueLike };

/** Last two axes exchanged. */
export const transposed = (x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/**
 * N(mean, covariance) of vectors, the last axis of `mean`.
 *
 * @throws BAD_SHAPE for a mean that is a number, or a spread of another size
 *
 * @example
 * const standard = multivariateNormal([0, 0], { covariance: [[1, 0], [0, 1]] });
 * const { run, outputs } = compile([standard.logDensity(value([0, 0]))], []);
 * run();
 * outputs; // [-1.838]: −log 2π
 */
export function multivariateNormal(mean: ValueLike, spread: Spread): Distribution {
  const where = 'svi/multivariateNormal';
  const m = value(mean, where);
  const d = m.shape.at(-1);
  if (d === undefined) return fail(where, 'BAD_SHAPE', 'the mean is a number, a vector was due');
  if ('deviations' in spread) return independentNormal(m, value(spread.deviations, where), d);
  const factor = 'factor' in spread ? value(spread.factor, where) : cholesky(spread.covariance);
  if (factor.shape.at(-1) !== d || factor.shape.at(-2) !== d)
    fail(where, 'BAD_SHAPE', `the mean is ${showShape(m.shape)}, its spread ${showShape(factor.shape)}`);
  const batch = broadcastShapes(where, m.shape.slice(0, -1), factor.shape.slice(0, -2));
  const logDet = (): Value => sum(log(diagonal(factor)), -1);
  return {
    name: 'multivariateNormal',
    parameters: { mean: m, factor },
    batch,
    event: [d],
    support: { kind: 'real' },
    isPathwise: true,
    logDensity: (x) => {
      const z = solved(factor, sub(x, m), d);
      return sub(mul(-0.5, sum(square(z), -1)), add(logDet(), d * HALF_LOG_2PI));
    },
    sample: (shape) => add(m, multiplied(factor, random('normal', [...shape, d]), d)),
    entropy: () => add(logDet(), d * (0.5 + HALF_LOG_2PI)),
  };
}

/** L⁻¹ x for vectors along the last axis. */
function solved(factor: Value, x: Value, d: number): Value {
  if (factor.shape.length === 2) {
    const flat = reshape(x, [x.shape.slice(0, -1).reduce((a, b) => a * b, 1), d]);
    return reshape(transposed(triangularSolve(factor, transposed(flat))), x.shape);
  }
  const lead = broadcastShapes('svi/multivariateNormal', factor.shape.slice(0, -2), x.shape.slice(0, -1));
  return triangularSolve(broadcastTo(factor, [...lead, d, d]), broadcastTo(x, [...lead, d]));
}

/** L x for vectors along the last axis. */
function multiplied(factor: Value, x: Value, d: number): Value {
  if (factor.shape.length === 2) {
    const flat = reshape(x, [x.shape.slice(0, -1).reduce((a, b) => a * b, 1), d]);
    return reshape(matmul(flat, transposed(factor)), x.shape);
  }
  const lead = x.shape.slice(0, -1);
  return reshape(matmul(broadcastTo(factor, [...lead, d, d]), reshape(x, [...x.shape, 1])), x.shape);
}

function independentNormal(mean: Value, sd: Value, d: number): Distribution {
  const shape = broadcastShapes('svi/multivariateNormal', mean.shape, sd.shape);
  const logDet = (): Value => sum(broadcastTo(log(sd), shape), -1);
  return {
    name: 'multivariateNormal',
    parameters: { mean, deviations: sd },
    batch: shape.slice(0, -1),
    event: [d],
    support: { kind: 'real' },
    isPathwise: true,
    logDensity: (x) => {
      const z = mul(sub(x, mean), exp(neg(log(sd))));
      return sub(mul(-0.5, sum(square(z), -1)), add(logDet(), d * HALF_LOG_2PI));
    },
    sample: (batch) => add(mean, mul(sd, random('normal', [...batch, d]))),
    entropy: () => add(logDet(), d * (0.5 + HALF_LOG_2PI)),
  };
}

/**
 * Wishart of scale matrix W = L Lᵀ and ν degrees of freedom, drawn by Bartlett's decomposition.
 *
 * Source: Bartlett (1933); density as in Bishop (2006), eq. B.78.
 *
 * @throws BAD_SHAPE for anything but one matrix and one ν, or where draws of a batch are asked for
 *
 * @example
 * const eye = [[1, 0], [0, 1]];
 * const { run, outputs } = compile([wishart(3, { scale: eye }).logDensity(value(eye))], []);
 * run();
 * outputs; // [-3.531]
 */
export function wishart(
  degrees: ValueLike,
  scale: { readonly scale: ValueLike } | { readonly factor: ValueLike },
): Distribution {
  const nu = value(degrees, 'svi/wishart');
  const factor = 'factor' in scale ? value(scale.factor, 'svi/wishart') : cholesky(scale.scale);
  const d = factor.shape.at(-1)!;
  if (factor.shape.length !== 2 || nu.shape.length > 0)
    fail('svi/wishart', 'BAD_SHAPE', `the scale is ${showShape(factor.shape)}, one square matrix was due`);
  const halves = Array.from({ length: d }, (_, i) => i / 2);
  const logDet = (): Value => mul(2, sum(log(diagonal(factor))));
  const logGammas = (): Value => add(sum(lgamma(sub(mul(0.5, nu), halves))), (d * (d - 1) * Math.log(Math.PI)) / 4);
  const normalizer = (): Value => add(mul(0.5 * d * Math.LN2, nu), mul(0.5, nu, logDet()), logGammas());
  return {
    name: 'wishart',
    parameters: { degrees: nu, factor },
    batch: [],
    event: [d, d],
    support: { kind: 'positiveDefinite' },
    isPathwise: true,
    logDensity: (x) => {
      const root = cholesky(x);
      const half = triangularSolve(broadcastTo(factor, x.shape), root);
      const logDetX = mul(2, sum(log(diagonal(root)), -1));
      const trace = sum(square(half), [-1, -2]);
      return sub(mul(0.5, sub(mul(sub(nu, d + 1), logDetX), trace)), normalizer());
    },
    sample: (batch: Shape) => {
      if (batch.length > 0)
        fail('svi/wishart', 'BAD_SHAPE', `draws of ${showShape(batch)} were asked for, single ones are made`);
      const diagonals = sqrt(mul(2, exp(drawLogGamma(sub(mul(0.5, nu), halves), [d]))));
      const normals = random('normal', [d, d]);
      const rows = Array.from({ length: d }, (_, i) => {
        const row = reshape(normals, [d * d]);
        return concat([sliceOf(row, i * d, i), sliceOf(diagonals, i, 1), value(new Float64Array(d - 1 - i))]);
      });
      const a = matmul(factor, stack(rows));
      return matmul(a, transposed(a));
    },
    entropy: () => {
      const expectedLogDet = add(sum(digamma(sub(mul(0.5, nu), halves))), d * Math.LN2, logDet());
      return sub(add(normalizer(), mul(0.5 * d, nu)), mul(0.5, sub(nu, d + 1), expectedLogDet));
    },
  };
}

const sliceOf = (x: Value, start: number, length: number): Value =>
  length === 0
    ? value(new Float64Array(0))
    : { op: 'take', inputs: [x], shape: [length], positions: Int32Array.from({ length }, (_, i) => start + i) };
