import type { Backend } from '@mixtention/core';
import { cholesky, invertLower } from '@mixtention/core/numeric';
import type { ScoredHead } from './head.ts';
import { readPrior } from './prior-rows.ts';

/**
 * A gauge: which of the Gaussian mixtures with the same responsibilities is meant. Covariance Λ⁻¹, and a vector c that is added to every key.
 *
 * `'paper'` is Λ = scale, c = 0: means are the keys themselves. `'fitted'` is the one that makes the queries most likely.
 */
export type HeadGauge = {
  readonly name: 'paper' | 'fitted';
  readonly form: 'diagonal' | 'full';
  /** Λ: its diagonal `[d]`, or all of it `[d, d]` where the form is full. */
  readonly precision: Float64Array;
  /** c `[d]`, in the units of scale · k. */
  readonly shift: Float64Array;
};

/** The gauge of Movellan & Gabbur (2020): μ_k = k, variance 1/scale. There is none for a scale that is not positive. */
export function paperGauge({ k, scale }: Pick<ScoredHead, 'k' | 'scale'>): HeadGauge | null {
  if (!(scale > 0)) return null;
  return {
    name: 'paper',
    form: 'diagonal',
    precision: new Float64Array(k.cols).fill(scale),
    shift: new Float64Array(k.cols),
  };
}

export type GaugeReading = {
  /** `log p(q_n)` `[N]`, nats */
  readonly logDensity: Float64Array;
  /** The same with key n taken out of the mixture of query n, `[N]`; NaN where no other key is left. */
  readonly leaveOneOut: Float64Array | null;
};

/**
 * The evidence of queries as a density, in a gauge.
 *
 *     log p(q) = L(q) + q·c − ½ qᵀΛq + ½ log|Λ| − (d/2) log 2π − log Σₖ exp(b_k + ½ (s k_k + c)ᵀ Λ⁻¹ (s k_k + c))
 *
 * the last sum over the keys that the query may see.
 *
 * @param evidence  L `[N]`, and log(1 − r_nn) `[N]` where a query is one of the keys
 *
 * Cost: N·K, in tiles.
 */
export function readGauge(
  head: ScoredHead,
  gauge: HeadGauge,
  evidence: { readonly logEvidence: Float64Array; readonly logOthers: Float64Array | null },
  backend: Backend,
): GaugeReading {
  const { logEvidence, logOthers } = evidence;
  const factor = factorOf(gauge, head.k.cols);
  const prior = readPrior(head, keyTerms(head, gauge, factor), { backend, self: logOthers !== null });
  const { data: q, rows: N, cols: d } = head.q;
  const constant = factor.halfLogDet - 0.5 * d * Math.log(2 * Math.PI);
  const logDensity = Float64Array.from({ length: N }, (_, n) => {
    const row = q.subarray(n * d, (n + 1) * d);
    let linear = 0;
    for (let j = 0; j < d; j++) linear += row[j]! * gauge.shift[j]!;
    return logEvidence[n]! + linear - 0.5 * factor.form(row) + constant - prior.logMass[n]!;
  });
  const leaveOneOut = logOthers && logDensity.map((l, n) => l + logOthers[n]! - prior.logOthers![n]!);
  return { logDensity, leaveOneOut };
}

/** `½ (s k_k + c)ᵀ Λ⁻¹ (s k_k + c)`, `[K]`: what the gauge adds to the log prior of a key. */
export function keyTerms(
  { k, scale }: Pick<ScoredHead, 'k' | 'scale'>,
  gauge: HeadGauge,
  factor: Factor = factorOf(gauge, k.cols),
): Float64Array {
  const { data, rows, cols: d } = k;
  const moved = new Float64Array(d);
  return Float64Array.from({ length: rows }, (_, n) => {
    for (let j = 0; j < d; j++) moved[j] = scale * data[n * d + j]! + gauge.shift[j]!;
    return 0.5 * factor.inverseForm(moved);
  });
}

type Row = Float64Array | Float32Array;
type Factor = { readonly halfLogDet: number; form(x: Row): number; inverseForm(x: Row): number };

function factorOf({ form, precision }: HeadGauge, d: number): Factor {
  return form === 'diagonal' ? diagonalFactor(precision) : fullFactor(precision, d);
}

function diagonalFactor(precision: Float64Array): Factor {
  return {
    halfLogDet: precision.reduce((sum, p) => sum + 0.5 * Math.log(p), 0),
    form: (x) => precision.reduce((sum, p, j) => sum + p * x[j]! ** 2, 0),
    inverseForm: (x) => precision.reduce((sum, p, j) => sum + x[j]! ** 2 / p, 0),
  };
}

function fullFactor(precision: Float64Array, d: number): Factor {
  const lower = new Float64Array(d * d);
  cholesky(precision, d, lower);
  const inverse = invertLower(lower, d);
  const squared = (m: Float64Array, x: Row, isTransposed: boolean): number => {
    let sum = 0;
    for (let i = 0; i < d; i++) {
      let one = 0;
      for (let j = 0; j < d; j++) one += (isTransposed ? m[j * d + i]! : m[i * d + j]!) * x[j]!;
      sum += one * one;
    }
    return sum;
  };
  let halfLogDet = 0;
  for (let j = 0; j < d; j++) halfLogDet += Math.log(lower[j * d + j]!);
  return { halfLogDet, form: (x) => squared(lower, x, true), inverseForm: (x) => squared(inverse, x, false) };
}
