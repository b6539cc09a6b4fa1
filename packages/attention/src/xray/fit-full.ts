import { invertLower } from '@mixtention/core/numeric';
import { type FitPlace, type FittedGauge, type GaugeProblem, startAt } from './gauge-problem.ts';
import { maximize, type Smooth } from './maximize.ts';
import { priorMass } from './prior-mass.ts';

/** Λ = B Bᵀ with B lower triangular: the numbers are c, log B_jj, and B below its diagonal. */
export function fitFull(problem: GaugeProblem, { d, root, seed }: FitPlace): FittedGauge {
  const { mean, second, keys, prior } = problem;
  const K = prior.cols;
  const e = new Float64Array(K);
  const shares = new Float64Array(K);
  const middles = new Float64Array(K * d);
  const f: Smooth = (x, gradient) => {
    const lower = lowerOf(x, d);
    const inverse = invertLower(lower, d);
    // Λ⁻¹ = WᵀW with W = B⁻¹.
    for (let k = 0; k < K; k++) e[k] = 0.5 * middleOf({ inverse, keys, x, d }, k, middles);
    let value = -priorMass(prior, e, shares);
    const slope = slopeOf({ second, shares, middles, inverse, d });
    for (let j = 0; j < d; j++) {
      value += x[j]! * mean[j]! + Math.log(lower[j * d + j]!);
      gradient[j] = mean[j]!;
      for (let k = 0; k < K; k++) gradient[j]! -= shares[k]! * middles[k * d + j]!;
    }
    value -= 0.5 * traceOf(lower, second, d);
    for (let i = 0, at = d; i < d; i++) {
      for (let j = 0; j <= i; j++, at++) {
        let sum = 0;
        for (let m = j; m < d; m++) sum += 2 * slope[i * d + m]! * lower[m * d + j]!;
        gradient[at] = i === j ? sum * lower[i * d + i]! : sum;
      }
    }
    return value;
  };
  const { x, isReached } = maximize(f, startAt(d + (d * (d + 1)) / 2, seed));
  if (!isReached) return { reason: 'the fit of the gauge did not come to an end' };
  // Back to the units of the queries: Λ = A⁻ᵀ Λ̃ A⁻¹ and c = A⁻ᵀ c̃.
  const back = invertLower(root.factor, d);
  const half = new Float64Array(d * d);
  const lower = lowerOf(x, d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) for (let m = 0; m < d; m++) half[i * d + j]! += back[m * d + i]! * lower[m * d + j]!;
  const precision = new Float64Array(d * d);
  const shift = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      shift[i]! += back[j * d + i]! * x[j]!;
      for (let m = 0; m < d; m++) precision[i * d + j]! += half[i * d + m]! * half[j * d + m]!;
    }
  }
  return { gauge: { name: 'fitted', form: 'full', precision, shift } };
}

function lowerOf(x: Float64Array, d: number): Float64Array {
  const lower = new Float64Array(d * d);
  for (let i = 0, at = d; i < d; i++)
    for (let j = 0; j <= i; j++, at++) lower[i * d + j] = i === j ? Math.exp(x[at]!) : x[at]!;
  return lower;
}

/** Writes μ_k = Λ⁻¹(k + c), returns (k + c)ᵀΛ⁻¹(k + c). */
function middleOf(
  { inverse, keys, x, d }: { inverse: Float64Array; keys: Float64Array; x: Float64Array; d: number },
  k: number,
  middles: Float64Array,
): number {
  const own = middles.subarray(k * d, (k + 1) * d).fill(0);
  let square = 0;
  for (let i = 0; i < d; i++) {
    let one = 0;
    for (let j = 0; j <= i; j++) one += inverse[i * d + j]! * (keys[k * d + j]! + x[j]!);
    square += one * one;
    for (let j = 0; j <= i; j++) own[j]! += inverse[i * d + j]! * one;
  }
  return square;
}

type Slope = { second: Float64Array; shares: Float64Array; middles: Float64Array; inverse: Float64Array; d: number };

/** The gradient by Λ: ½ (Λ⁻¹ + Σ π μμᵀ − E[qqᵀ]). */
function slopeOf({ second, shares, middles, inverse, d }: Slope): Float64Array {
  const slope = second.map((one) => -0.5 * one);
  for (let k = 0; k < shares.length; k++) {
    for (let i = 0; i < d; i++) {
      const one = 0.5 * shares[k]! * middles[k * d + i]!;
      for (let j = 0; j < d; j++) slope[i * d + j]! += one * middles[k * d + j]!;
    }
  }
  for (let m = 0; m < d; m++)
    for (let i = 0; i <= m; i++)
      for (let j = 0; j <= m; j++) slope[i * d + j]! += 0.5 * inverse[m * d + i]! * inverse[m * d + j]!;
  return slope;
}

/** tr(B Bᵀ M) */
function traceOf(lower: Float64Array, second: Float64Array, d: number): number {
  let trace = 0;
  for (let m = 0; m < d; m++)
    for (let i = m; i < d; i++)
      for (let j = m; j < d; j++) trace += lower[i * d + m]! * lower[j * d + m]! * second[i * d + j]!;
  return trace;
}
