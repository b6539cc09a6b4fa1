/** A number, or arrays of them in the shape of a site. */
export type Nested = number | readonly Nested[];

/** What is known of a site: of its numbers one by one, in the shape of the site. */
export type SiteSummary = {
  readonly mean: Nested;
  readonly sd: Nested;
  /** By probability: `'0.025'`, `'0.25'`, `'0.5'`, `'0.75'`, `'0.975'`. */
  readonly quantiles: { readonly [probability: string]: Nested };
};

export type SiteSummaries = { readonly [site: string]: SiteSummary };

/** Draws of all reported sites: a row a draw. */
export type DrawsTable = {
  /** Names of columns, as `theta[0]`; counted from 0. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
};

/** An approximate posterior, with what says how far it can be believed. */
export type Approximation = {
  /** `pathfinder`, or the name of the guide. */
  readonly method: string;
  readonly status: 'converged' | 'stopped' | 'diverged';
  readonly message: string;
  /** Lower bound on the log evidence of the guide as it is, in nats, and its Monte Carlo standard error. */
  readonly bound: number;
  readonly boundStandardError: number;
  /** k̂ of the importance ratios: below 0.5 good, to 0.7 usable, beyond it neither moments nor evidence can be believed. */
  readonly paretoK: number;
  /** Independent draws that the weighted ones are worth, 1/Σw². */
  readonly effectiveDraws: number;
  /**
   * Whether `sites` and `draws` are corrected by smoothed importance weights: where k̂ is at most 0.7, or the weights are nearly equal (worth 80 % of the draws:
   * then the tail that k̂ tells of weighs little), and neither wider draws nor modes of other paths contradict it. Never where a run diverged.
   */
  readonly corrected: boolean;
  /**
   * Sites whose deviations rest on few draws, so that they may be off by more than a fifth: draws of two widths say so, or k̂ of the weighted squares, which is above 0.7 however good k̂ of the weights is. A heavy tail
   * that the draws do not reach looks like this.
   */
  readonly heavySites: readonly string[];
  /** Log evidence by the same weights, and the standard error of that, for tails of shape k̂; NaN where nothing is corrected. Of a model with flat priors it is defined up to a constant. */
  readonly logEvidence: number;
  readonly logEvidenceStandardError: number;
  readonly sites: SiteSummaries;
  /** As the guide says, without weights. */
  readonly uncorrectedSites: SiteSummaries;
  readonly draws: DrawsTable;
  /** Sites whose free numbers were standard ones, z of location + scale·z: a guide is nearer to their posterior than to that of the values. */
  readonly nonCentred: readonly string[];
  readonly gradientEvaluations: number;
  readonly densityEvaluations: number;
  readonly seconds: number;
};
