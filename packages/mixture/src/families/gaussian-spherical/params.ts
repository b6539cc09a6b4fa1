/** `width` is D; `means` μ `[K, D]`; `variances` σ² `[K]`, one a component. */
export type GaussianSphericalParams = {
  readonly width: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
};
