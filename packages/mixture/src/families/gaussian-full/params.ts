/** `width` is D; `means` μ `[K, D]`; `covariances` Σ `[K, D, D]`. */
export type GaussianFullParams = {
  readonly width: number;
  readonly means: Float64Array;
  readonly covariances: Float64Array;
};
