import type { Key, MixtureConfig, StepInfo } from '@mixtention/core';
import type { LearningRate } from '../optimizers/learning-rate.ts';
import type { Arrays, OptimizerState } from '../optimizers/optimizer.ts';
import type { OptimizerName } from '../optimizers/optimizers.ts';
import type { Patience } from './patience.ts';

export type GradientMixtureConfig = MixtureConfig & {
  readonly optimizer: OptimizerName;
  readonly learningRate: LearningRate;
  /** Share of the rows that a step sees, in (0, 1]; 1 is the full batch. */
  readonly fraction: number;
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
};

export type GradientMixtureStats = {
  /** N_k, `[K]`: the gradient of Σ log evidence by the bias */
  readonly counts: Float64Array;
  /** Σ r_nk T(x_n), `[K, P]`: its gradient by the natural parameters */
  readonly sums: Float64Array;
  readonly logEvidence: number;
  readonly logMaxResponsibility: number;
  /** Σ w of all rows, also of those that a minibatch leaves out. */
  readonly weight: number;
};

export type GradientMixtureInfo = StepInfo & {
  /** Of the full batch only: there the step has measured every row. */
  readonly logMaxResponsibility?: number;
  /** Since the start began, this one counted: one a pass. */
  readonly gradientEvaluations: number;
  readonly learningRate: number;
};
