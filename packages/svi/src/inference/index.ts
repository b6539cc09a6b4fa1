/** Stochastic variational inference of models as functions. */

export { decodeSviCheckpoint, encodeSviCheckpoint } from './checkpoint.ts';
export type { SiteDraws } from './draws-of-model.ts';
export { decodeSviResult, encodeSviResult } from './encode-result.ts';
export { type EstimatorReportOptions, type EstimatorRow, estimatorReport } from './estimator-report.ts';
export { type Loo, loo, pointwiseLogDensity } from './loo.ts';
export type { Discrete, Estimator } from './objective.ts';
export {
  type PosteriorPredictive,
  type PosteriorPredictiveOptions,
  posteriorPredictive,
} from './posterior-predictive.ts';
export { type PriorPredictive, type PriorPredictiveOptions, priorPredictive } from './prior-predictive.ts';
export type { SviCheckpoint } from './run-state.ts';
export { svi, sviSteps } from './svi.ts';
export { type GuideName, type SviOptions, type SviProgress, sviDefaults } from './svi-options.ts';
export type { SviResult } from './svi-result.ts';
