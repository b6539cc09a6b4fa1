import type { Arrays } from '@mixtention/core/optimize';

/**
 * The parameters φ of the guide q, all free to take any value.
 *
 *     q(w)   w_k ~ N(weight_k, exp(weightLogScale_k)²), k < K;  w_K = 0;  π = softmax(w)
 *     q(μ)   μ_k = mean_k + L_k ε,  L_k = lower(meanFactor_k)
 *     q(Λ)   Λ_k = A_k A_kᵀ,  A_k = lower(factor_k + exp(factorLogScale_k) ∘ ε)
 *     q(z)   q(z_n = k) = softmax_k(T(x_n)·assignment_k + assignmentBias_k),  T(x) = [x; vec xxᵀ]
 *
 * `lower(M)` is the lower triangle of M with the exponential of its diagonal. What lies above diagonals, and w_K, is not read and stays 0.
 * q(z) is amortised: a quadratic function of the row, as the best q(z) is, so nothing is lost by not keeping N×K numbers.
 */
export type MixtureGuide = Arrays & {
  /** `[K]` */
  readonly weight: Float64Array;
  /** `[K]` */
  readonly weightLogScale: Float64Array;
  /** `[K, D]` */
  readonly mean: Float64Array;
  /** `[K, D, D]` */
  readonly meanFactor: Float64Array;
  /** `[K, D, D]` */
  readonly factor: Float64Array;
  /** `[K, D, D]` */
  readonly factorLogScale: Float64Array;
  /** `[K, D + D²]` */
  readonly assignment: Float64Array;
  /** `[K]` */
  readonly assignmentBias: Float64Array;
};

/** Width of T(x). */
export function statisticsWidth(width: number): number {
  return width + width * width;
}

/** Tensor shapes of a guide's arrays. */
export function guideShapes(
  components: number,
  width: number,
): { readonly [name in keyof MixtureGuide & string]: number[] } {
  const [K, D] = [components, width];
  return {
    weight: [K],
    weightLogScale: [K],
    mean: [K, D],
    meanFactor: [K, D, D],
    factor: [K, D, D],
    factorLogScale: [K, D, D],
    assignment: [K, statisticsWidth(D)],
    assignmentBias: [K],
  };
}

/** One draw of the noise ε, or S of them in a row: the place where all randomness of a step enters. */
export type Noise = {
  /** `[S, K]`, the last component 0 */
  readonly weight: Float64Array;
  /** `[S, K, D]` */
  readonly mean: Float64Array;
  /** `[S, K, D, D]`, lower triangles */
  readonly factor: Float64Array;
};
