/** `width` is D; `means` μ `[K, D]`; `covariance` Σ `[D, D]`, shared. */
export type GaussianTiedParams = {
  readonly width: number;
  readonly means: Float64Array;
  readonly covariance: Float64Array;
};
