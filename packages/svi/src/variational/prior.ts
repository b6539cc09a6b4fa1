/** Prior of a Bayesian Gaussian mixture in the space of the fit: Dir(π; α, …) Π_k N(μ_k; m, (βΛ_k)⁻¹) Wishart(Λ_k; W, ν). */
export type MixturePrior = {
  /** α */
  readonly concentration: number;
  /** m, `[D]` */
  readonly mean: Float64Array;
  /** β */
  readonly shrinkage: number;
  /** ν > D − 1 */
  readonly degrees: number;
  /** W⁻¹, `[D, D]` */
  readonly inverseScale: Float64Array;
};
