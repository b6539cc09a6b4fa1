import type { Key, Precision, StepInfo } from '@mixtention/core';
import type { Arrays, LearningRate, OptimizerName, OptimizerState } from '@mixtention/core/optimize';
import type { MixtureConfig } from '@mixtention/mixture/fit';
import type { Patience } from './patience.ts';

export type GradientMixtureConfig = MixtureConfig & {
  readonly optimizer: OptimizerName;
  readonly learningRate: LearningRate;
  /** Into how many parts the rows are dealt out, anew in each epoch; a step sees one of them. 1 is the full batch. */
  readonly batches: number;
  /** N, of which a minibatch is a part. */
  readonly rows: number;
  /** Σ w of all rows: says where a component that owns nothing starts under a Dirichlet prior. */
  readonly totalWeight: number;
  /** See `patience`. */
  readonly tolerance: number;
  readonly window: number;
};

/** Free coordinates of the mixture, the optimizer's memory, and what the stopping rule has seen. */
export type GradientMixtureState = {
  readonly key: Key;
  readonly step: number;
  /** `logits` of the weights `[K]`, and the coordinates of the family. */
  readonly coordinates: Arrays;
  readonly optimizer: OptimizerState;
  readonly patience: Patience;
  /** Components whose variance was held at the floor by the step that made this state. */
  readonly bounded: readonly number[];
  /** Where the objective was highest, in full batches. */
  readonly best: { readonly coordinates: Arrays; readonly bounded: readonly number[] };
  /** Here since the run lost its way: this is its best state, to be measured once more. */
  readonly isLost?: true;
};

export type GradientMixtureStats = {
  /** N_k, `[K]`: the gradient of Σ log evidence by the bias */
  readonly counts: Float64Array;
  /** Σ r_nk T(x_n), one array a term: its gradient by the natural parameters */
  readonly sums: readonly Float64Array[];
  readonly logEvidence: number;
  readonly logMaxResponsibility: number;
  /** Rows that were seen, their Σ w, and the same times D. */
  readonly rows: number;
  readonly weight: number;
  readonly cells: number;
  /** What the rounding of logEvidence is relative to. */
  readonly magnitude: number;
  /** What the pass was computed in. */
  readonly precision: Precision;
  /** Whether float32 holds every cell exactly. */
  readonly exact: boolean;
};

export type GradientMixtureInfo = StepInfo & {
  /** Of the full batch only: there the step has measured every row. */
  readonly logMaxResponsibility?: number;
  /** Since the start began, this one counted: one a pass. */
  readonly gradientEvaluations: number;
  readonly learningRate: number;
};
