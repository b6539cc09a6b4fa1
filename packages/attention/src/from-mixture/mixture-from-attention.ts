import { type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, counted, fail, show } from '@mixtention/core/base';
import { logSumExp } from '@mixtention/core/numeric';
import { gaussianTied, MixtureModel } from '@mixtention/mixture';

/**
 * Which of the Gaussian mixtures that have the same responsibilities: common covariance I/λ, and a vector c added to every key.
 * `'paper'` is λ = scale and c = 0: the means are the keys themselves, and the variance is √d.
 */
export type Gauge = 'paper' | { readonly precision: number; readonly shift?: ArrayLike<number> };

export type FromAttentionOptions = {
  /** What q·k was multiplied by; default 1/√d. Positive. */
  readonly scale?: number | undefined;
  /** Default `'paper'`. */
  readonly gauge?: Gauge | undefined;
};

/** The mixture that a head's keys stand for, in a gauge; weights, means and densities are meaningless without naming it. */
export type AttentionMixture = {
  /** Common covariance I/λ; `predict`, `logDensity`, `sample` and files as of any mixture. */
  readonly model: MixtureModel;
  readonly gauge: { readonly precision: number; readonly shift: Float64Array };
  /** log p(q) `[N]` of queries `[N, d]`, from the evidence L `[N]` that `attend` returned for them. */
  logDensity(queries: MatrixLike, logEvidence: ArrayLike<number>): Float64Array;
};

/**
 * Attention read as a mixture: for any keys and biases, Gaussian mixtures whose posterior is exactly that softmax.
 *
 *     μ_k = (s·k_k + c)/λ     Σ = I/λ     π_k ∝ exp(b_k + ‖s·k_k + c‖²/2λ)
 *     log p(q) = L(q) + q·c − ½λ‖q‖² + (d/2) log(λ/2π) − LSE_k(b_k + ‖s·k_k + c‖²/2λ)
 *
 * Responsibilities, and so outputs, do not depend on the gauge (λ, c). Weights, means and log p(q) do: state it beside them. In the paper
 * gauge long keys are likely a priori.
 *
 * @param keys  raw keys `[K, d]`, as given to `attend`
 * @param bias  `[K]` or null; −∞ is a component of weight 0
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, each in one sentence
 *
 * Cost: K·d² to build the model.
 * Source: completing the square; the paper gauge is that of Movellan & Gabbur (2020), arXiv 2010.15583.
 *
 * @example
 * const { model } = mixtureFromAttention([[1, 0], [0, 1]], null);
 * model.weights; // [0.5, 0.5]: keys of equal length are equally likely
 */
export function mixtureFromAttention(
  keys: MatrixLike,
  bias: ArrayLike<number> | null = null,
  options: FromAttentionOptions = {},
): AttentionMixture {
  const where = 'attention/mixtureFromAttention';
  checkOptions(where, options, ['scale', 'gauge']);
  const raw = matrix(keys, where);
  const { rows: K, cols: d } = raw;
  const scale = positive(options.scale ?? 1 / Math.sqrt(d), 'scale', where);
  const gauge = checkGauge(options.gauge ?? 'paper', scale, d, where);
  const { precision, shift } = gauge;
  const means = Float64Array.from(raw.data, (k, i) => (scale * k + shift[i % d]!) / precision);
  const logPrior = checkBias(bias, K, where).map((b, k) => b + 0.5 * precision * squaredLength(means, k * d, d));
  const logNormalizer = logSumExp(logPrior);
  if (logNormalizer === Number.NEGATIVE_INFINITY)
    fail(where, 'BAD_DATA', 'every key has bias −∞, so no component is left');
  const covariance = { data: new Float64Array(d * d), rows: d, cols: d };
  for (let i = 0; i < d; i++) covariance.data[i * d + i] = 1 / precision;
  const description = { means: { data: means, rows: K, cols: d }, covariances: new Array<Matrix>(K).fill(covariance) };
  const params = gaussianTied.fromDescription(description);
  const model = new MixtureModel({ family: gaussianTied, logWeights: logPrior.map((l) => l - logNormalizer), params });
  const constant = 0.5 * d * Math.log(precision / (2 * Math.PI)) - logNormalizer;
  return {
    model,
    gauge,
    logDensity: (queries, logEvidence) => densities(matrix(queries, where), logEvidence, gauge, constant, where),
  };
}

type CheckedGauge = AttentionMixture['gauge'];

function densities(
  q: Matrix,
  L: ArrayLike<number>,
  { precision, shift }: CheckedGauge,
  constant: number,
  where: string,
): Float64Array {
  if (q.cols !== shift.length)
    fail(where, 'BAD_SHAPE', `the queries have ${counted(q.cols, 'column')}, the keys have ${shift.length}`);
  if (q.rows !== L.length)
    fail(where, 'BAD_SHAPE', `${counted(L.length, 'evidence')} came with ${counted(q.rows, 'query', 'queries')}`);
  return Float64Array.from({ length: q.rows }, (_, n) => {
    const row = q.data.subarray(n * q.cols, (n + 1) * q.cols);
    return (
      L[n]! +
      shift.reduce((sum, c, i) => sum + c * row[i]!, 0) -
      0.5 * precision * squaredLength(row, 0, q.cols) +
      constant
    );
  });
}

function checkGauge(gauge: Gauge, scale: number, d: number, where: string): CheckedGauge {
  if (gauge === 'paper') return { precision: scale, shift: new Float64Array(d) };
  if (typeof gauge !== 'object' || gauge === null)
    return fail(where, 'BAD_OPTION', `the gauge is ${String(gauge)}, 'paper' or { precision, shift } was due`);
  const shift = Float64Array.from(gauge.shift ?? new Float64Array(d));
  if (shift.length !== d)
    fail(
      where,
      'BAD_SHAPE',
      `the gauge's shift holds ${counted(shift.length, 'number')}, the keys have ${counted(d, 'column')}`,
    );
  if (!shift.every(Number.isFinite)) fail(where, 'NOT_FINITE', "the gauge's shift holds a number that is not finite");
  return { precision: positive(gauge.precision, 'precision', where), shift };
}

function checkBias(bias: ArrayLike<number> | null, K: number, where: string): Float64Array {
  if (bias === null) return new Float64Array(K);
  if (bias.length !== K)
    fail(where, 'BAD_SHAPE', `${counted(bias.length, 'bias', 'biases')} came with ${counted(K, 'key')}`);
  return Float64Array.from(bias, (b, k) =>
    b < Number.POSITIVE_INFINITY ? b : fail(where, 'NOT_FINITE', `the bias of key ${k} is ${b}`),
  );
}

function positive(value: number, name: string, where: string): number {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  return fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a positive number was due`);
}

function squaredLength(x: Float64Array | Float32Array, start: number, count: number): number {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += x[i]! * x[i]!;
  return sum;
}
