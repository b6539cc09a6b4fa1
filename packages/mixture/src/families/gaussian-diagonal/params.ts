/** `width` is D; `means` μ `[K, D]`; `variances` σ² `[K, D]`. */
export type GaussianDiagonalParams = {
  readonly width: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
};
