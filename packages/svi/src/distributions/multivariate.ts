import { counted, fail, show } from '@mixtention/core/base';
import {
  add,
  broadcastShapes,
  broadcastTo,
  cholesky,
  diagonal,
  exp,
  log,
  matmul,
  mul,
  neg,
  random,
  reshape,
  showShape,
  sizeOf,
  square,
  sub,
  sum,
  transpose,
  triangularSolve,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import { type Distribution, real, standardBy } from './distribution.ts';
import { HALF_LOG_2PI } from './on-the-line.ts';

/** How the spread of a multivariate normal is said: a covariance, its lower Cholesky factor, single deviations s, or these and a few directions F `[d, r]`, as F Fᵀ + diag(s²). */
export type Spread =
  | { readonly covariance: ValueLike }
  | { readonly factor: ValueLike }
  | { readonly deviations: ValueLike; readonly directions?: ValueLike };

/** Last two axes exchanged. */
export const transposed = (x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/**
 * N(mean, covariance) of vectors, the last axis of `mean`.
 *
 * Cost of a log density: d³ for a covariance, d² for a factor, d·r² for r directions, d for deviations.
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
  const isSpread = ['covariance', 'factor', 'deviations'].some(
    (name) => name in ((spread as object | undefined) ?? {}),
  );
  if (!isSpread)
    return fail(
      where,
      'BAD_OPTION',
      `its spread is ${show(spread)}, { covariance }, { factor } or { deviations } was due`,
    );
  if ('deviations' in spread) {
    const sd = value(spread.deviations, where);
    return spread.directions === undefined
      ? independentNormal(m, sd, d)
      : lowRankNormal(m, sd, value(spread.directions, where), d);
  }
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
    standard: {
      of: [m, factor],
      forward: (z) => ({
        value: add(m, multiplied(factor, z, d)),
        logJacobian: sum(broadcastTo(logDet(), z.shape.slice(0, -1))),
      }),
      inverse: (x) => solved(factor, sub(x, m), d),
    },
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
    standard: standardBy(mean, sd, real),
  };
}

/** Densities by the matrix inversion lemma: (s² + F Fᵀ)⁻¹ = s⁻² − s⁻² F (I + Fᵀ s⁻² F)⁻¹ Fᵀ s⁻². */
function lowRankNormal(mean: Value, sd: Value, directions: Value, d: number): Distribution {
  const r = directions.shape.at(-1)!;
  if (directions.shape.length !== 2 || directions.shape[0] !== d)
    fail(
      'svi/multivariateNormal',
      'BAD_SHAPE',
      `the directions are ${showShape(directions.shape)}, ${counted(d, 'row')} of r numbers ${d === 1 ? 'was' : 'were'} due`,
    );
  if (sd.shape.length > 1)
    fail('svi/multivariateNormal', 'BAD_SHAPE', 'with directions, one vector of deviations was due');
  const scale = broadcastTo(sd, [d]);
  const eye = Float64Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0));
  const scaled = (): Value => mul(directions, reshape(exp(neg(log(scale))), [d, 1]));
  const inner = (f: Value): Value => cholesky(add(reshape(value(eye), [r, r]), matmul(transposed(f), f)));
  const logDet = (l: Value): Value => add(sum(log(scale)), sum(log(diagonal(l))));
  return {
    name: 'multivariateNormal',
    parameters: { mean, deviations: scale, directions },
    batch: mean.shape.slice(0, -1),
    event: [d],
    support: { kind: 'real' },
    isPathwise: true,
    logDensity: (x) => {
      const f = scaled();
      const l = inner(f);
      const z = mul(sub(x, mean), exp(neg(log(scale))));
      const flat = reshape(z, [sizeOf(z.shape) / d, d]);
      const along = triangularSolve(l, transposed(matmul(flat, f)));
      const squares = sub(sum(square(z), -1), reshape(sum(square(along), 0), z.shape.slice(0, -1)));
      return sub(mul(-0.5, squares), add(logDet(l), d * HALF_LOG_2PI));
    },
    sample: (batch) => {
      const noise = random('normal', [sizeOf(batch), r]);
      const along = reshape(matmul(noise, transposed(directions)), [...batch, d]);
      return add(mean, mul(scale, random('normal', [...batch, d])), along);
    },
    entropy: () => broadcastTo(add(logDet(inner(scaled())), d * (0.5 + HALF_LOG_2PI)), mean.shape.slice(0, -1)),
  };
}
