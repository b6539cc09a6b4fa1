import type { Key, StepInfo } from '@mixtention/core';
import type { Arrays, LearningRate, OptimizerState } from '@mixtention/core/optimize';
import type { MixtureConfig } from '@mixtention/mixture/fit';
import type { Temperature } from '../gumbel/temperature-type.ts';
import type { Plateau } from '../stopping/plateau.ts';
import type { Assigned, BoundEstimate } from './discrete-bound.ts';
import type { GradientEstimator } from './globals-gradient.ts';
import type { MixtureGuide } from './guide.ts';
import type { AssignmentMode } from './objective-gradient.ts';

export type VariationalConfig = MixtureConfig & {
  /** N: how wide the first guide is, and what a minibatch is a part of. */
  readonly rows: number;
  readonly assignments: AssignmentMode;
  /** Of relaxed draws. */
  readonly temperature: Temperature;
  /** S: draws of the global parameters a step. */
  readonly draws: number;
  readonly estimator: GradientEstimator;
  readonly learningRate: LearningRate;
  /** Into how many parts the rows are dealt out, anew in each epoch; a step sees one of them. 1 is the full batch. */
  readonly batches: number;
  /** See `watchPlateau`: gain from window to window, per unit of weight, that counts as none. */
  readonly tolerance: number;
  readonly window: number;
};

export type VariationalState = {
  readonly key: Key;
  readonly step: number;
  readonly guide: MixtureGuide;
  readonly optimizer: OptimizerState;
  readonly plateau: Plateau;
  /** What training raised at the last steps, each at its place in a window. */
  readonly relaxed: Float64Array;
};

/** What rows need to know: the guide, and where the noise of the step comes from. */
export type VariationalMessage = { readonly guide: MixtureGuide; readonly key: Key; readonly step: number };

/** Sums over rows; what belongs to no row is not in them. */
export type VariationalStats = Assigned & {
  /** Of the training objective by the guide. */
  readonly gradient: Arrays;
  readonly objective: number;
  /** Rows that were seen, and their Σ w. */
  readonly rows: number;
  readonly weight: number;
};

export type VariationalInfo = StepInfo & {
  /** Estimate of the evidence lower bound with discrete assignments; noisy. */
  readonly objective: number;
  /** What relaxed or straight-through training takes the gradient of, over the last `window` steps. **No bound on the evidence**; null under exact assignments. */
  readonly relaxedObjective: BoundEstimate | null;
  readonly temperature: number;
  readonly learningRate: number;
  readonly gradientEvaluations: number;
  /** The guide that came in, and what q(z) gives under it: all that the bound depends on. */
  readonly guide: MixtureGuide;
  readonly assigned: Assigned;
};
