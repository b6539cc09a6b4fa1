import { fail } from '@mixtention/core/base';
import {
  abs,
  add,
  cholesky,
  concat,
  cumulativeSum,
  diagonal,
  div,
  exp,
  less,
  log,
  log1p,
  matmul,
  mul,
  neg,
  reshape,
  type Shape,
  slice,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  take,
  tanh,
  transpose,
  type Value,
  value,
  where,
} from '../graph/index.ts';
import type { Transform } from './transform.ts';

const sizeFor = (shape: Shape): number => {
  const d = shape.at(-1);
  if (d === undefined || shape.at(-2) !== d)
    fail('svi/transform', 'BAD_SHAPE', `a value of shape [${shape}] came, square matrices were due`);
  return d!;
};
const triangle = (d: number): number => (d * (d + 1)) / 2;
/** Places of the lower triangle, row by row, in a d × d matrix. */
const places = (d: number, withDiagonal: boolean): number[] =>
  Array.from({ length: d * d }, (_, i) => i).filter((i) =>
    withDiagonal ? i % d <= Math.floor(i / d) : i % d < Math.floor(i / d),
  );

/** Free numbers at their places in lower triangular matrices, zeros elsewhere. */
function toMatrix(free: Value, d: number, withDiagonal: boolean): Value {
  const count = free.shape.at(-1)!;
  const lead = free.shape.slice(0, -1);
  const zero = value(new Float64Array(lead.reduce((a, b) => a * b, 1)));
  const padded = concat([free, reshape(zero, [...lead, 1])], -1);
  const from = new Int32Array(d * d).fill(count);
  places(d, withDiagonal).forEach((place, i) => {
    from[place] = i;
  });
  return reshape(take(padded, from, -1), [...lead, d, d]);
}

const fromMatrix = (x: Value, d: number, withDiagonal: boolean): Value =>
  take(reshape(x, [...x.shape.slice(0, -2), d * d]), places(d, withDiagonal), -1);

const eyeOf = (d: number): Value =>
  value(Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0))));

/** d of d(d + 1)/2 free numbers. */
const sizeOfTriangle = (count: number): number => Math.round((Math.sqrt(8 * count + 1) - 1) / 2);

/** Lower triangular matrices with a positive diagonal: e^u on it, u below. */
export const lowerFactor: Transform = {
  name: 'Cholesky factor',
  freeShape: (shape) => [...shape.slice(0, -2), triangle(sizeFor(shape))],
  forward: (free) => {
    const d = sizeOfTriangle(free.shape.at(-1)!);
    const matrix = toMatrix(free, d, true);
    return { value: where(eyeOf(d), exp(matrix), matrix), logJacobian: sum(diagonal(matrix)) };
  },
  inverse: (x) => {
    const d = sizeFor(x.shape);
    return fromMatrix(where(eyeOf(d), log(where(eyeOf(d), x, 1)), x), d, true);
  },
};

/** Positive definite matrices L Lᵀ. log |∂X/∂L| = d log 2 + Σ_i (d − i + 1) log L_ii, i from 1. */
export const positiveDefinite: Transform = {
  name: 'positive definite',
  freeShape: lowerFactor.freeShape,
  forward: (free) => {
    const { value: l, logJacobian } = lowerFactor.forward(free);
    const d = l.shape.at(-1)!;
    const axes = l.shape.map((_, axis) => axis);
    const logs = log(diagonal(l));
    const powers = Array.from({ length: d }, (_, i) => d - i);
    const count = logs.shape.slice(0, -1).reduce((a, b) => a * b, 1);
    return {
      value: matmul(l, transpose(l, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!])),
      logJacobian: add(logJacobian, sum(mul(powers, logs)), count * d * Math.LN2),
    };
  },
  inverse: (x) => lowerFactor.inverse(cholesky(x)),
};

/**
 * Lower factors of correlation matrices: z = tanh u below the diagonal are partial correlations; rows have length 1.
 *
 *     L_ij = z_ij √Π_{k<j}(1 − z_ik²),  L_ii = √Π_{k<i}(1 − z_ik²)
 *
 * Source: Lewandowski, Kurowicka & Joe (2009); the Stan reference manual, Cholesky factors of correlation matrices.
 */
export const correlationFactor: Transform = {
  name: 'correlation factor',
  freeShape: (shape) => [...shape.slice(0, -2), triangle(sizeFor(shape) - 1)],
  forward: (free) => {
    const d = sizeOfTriangle(free.shape.at(-1)!) + 1;
    const u = toMatrix(free, d, false);
    // log(1 − tanh² u) without cancellation; 0 where u is.
    const logs = mul(2, sub(Math.LN2, add(u, softplus(mul(-2, u)))));
    const half = mul(0.5, sub(cumulativeSum(logs), logs));
    const below = where(belowMask(d), half, 0);
    return {
      value: add(mul(tanh(u), exp(half)), mul(eyeOf(d), exp(half))),
      logJacobian: add(sum(logs), sum(below)),
    };
  },
  inverse: (x) => {
    const d = sizeFor(x.shape);
    // sinh u = L_ij / √Σ_{k>j} L_ik²: rows have length 1, and what is left is summed from its small end.
    const reversed = Array.from({ length: d }, (_, j) => d - 1 - j);
    const squares = square(x);
    const left = take(cumulativeSum(take(squares, reversed, -1)), reversed, -1);
    const after = concat([slice(left, 1, d, -1), slice(left, 0, 1, -1)], -1);
    const t = where(belowMask(d), div(abs(x), sqrt(where(belowMask(d), after, 1))), 0);
    const size = log1p(add(t, div(square(t), add(1, sqrt(add(1, square(t)))))));
    return fromMatrix(where(less(x, 0), neg(size), size), d, false);
  },
};

const belowMask = (d: number): Value =>
  value(Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (j < i ? 1 : 0))));
