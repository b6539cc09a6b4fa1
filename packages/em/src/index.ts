/** Structured algorithms for mixtures: closed-form updates, no learning rate. */

export { type Fit, type FitOptions, MixtureModel, type Progress } from '@mixtention/mixture';
export { algorithms } from './algorithms.ts';
export { type BatchConfig, type BatchInfo, type BatchState, type BatchStats, batch } from './batch/batch.ts';
export { fit } from './batch/fit.ts';
export { fitHard } from './hard/fit-hard.ts';
export { type HardConfig, type HardInfo, type HardState, type HardStats, hard } from './hard/hard.ts';
export { kMeans } from './k-means/fit-k-means.ts';
export {
  type KMeansConfig,
  type KMeansInfo,
  type KMeansState,
  type KMeansStats,
  kMeansSteps,
} from './k-means/k-means.ts';
export { KMeansModel } from './k-means/k-means-model.ts';
export type { KMeansFit, KMeansOptions, KMeansTracePoint } from './k-means/k-means-options.ts';
export {
  type MemoizedConfig,
  type MemoizedInfo,
  type MemoizedState,
  memoized,
} from './memoized/memoized.ts';
export { mergeTree } from './merge-tree/merge-tree.ts';
export type { Merge, Merged, MergeTree, MergeTreeOptions } from './merge-tree/types.ts';
export type { Move } from './moves/carry-out.ts';
export { type MovesConfig, type MovesState, movesOf } from './moves/moves.ts';
export { type Dealt, deal } from './schedule/batches.ts';
export {
  type Memoized,
  type Schedule,
  type ScheduleOptions,
  type Stepwise,
  scheduleDefaults,
} from './schedule/schedule-options.ts';
export type { Moved } from './schedule/scheduled.ts';
export type { SummedAlgorithm } from './schedule/summed.ts';
export { select } from './select/select.ts';
export type { Criterion, HeldOut, Selection, SelectOptions, SelectProgress, SelectRow } from './select/types.ts';
export {
  type StepwiseConfig,
  type StepwiseInfo,
  type StepwiseState,
  stepwise,
} from './stepwise/stepwise.ts';
export { type BayesFit, type BayesOptions, fitBayes } from './variational-bayes/fit-bayes.ts';
export type { BayesInfo, BayesMessage, BayesState, BoundTerms, MixturePosterior } from './variational-bayes/types.ts';
export {
  type BayesAlgorithm,
  type BayesConfig,
  type BayesStats,
  variationalBayes,
} from './variational-bayes/variational-bayes.ts';
