export type { Arrays, Optimizer, OptimizerName, OptimizerState } from '@mixtention/core/optimize';
export {
  type AdamOptions,
  adam,
  type LearningRate,
  learningRateAt,
  type RmsPropOptions,
  rmsProp,
  sgd,
} from '@mixtention/core/optimize';
export { algorithms } from './algorithms.ts';
export { summedOut } from './discrete/index.ts';
export { type EmAsGradient, emAsGradient } from './em-as-gradient/em-as-gradient.ts';
export {
  fitByGradient,
  type GradientFit,
  type GradientFitOptions,
  gradientDefaults,
} from './gradient-mixture/fit-by-gradient.ts';
export { gradientMixture } from './gradient-mixture/gradient-mixture.ts';
export type {
  GradientMixtureConfig,
  GradientMixtureInfo,
  GradientMixtureState,
  GradientMixtureStats,
} from './gradient-mixture/types.ts';
export {
  type Around,
  autoCoupling,
  autoDelta,
  autoLaplace,
  autoLowRank,
  autoMixture,
  autoMultivariateNormal,
  autoNormal,
  autoStructured,
  type CouplingOptions,
  type Guide,
  type GuideDraw,
  type GuideTools,
  type WrittenTools,
  writtenGuide,
} from './guides/index.ts';
export * from './inference/index.ts';
export {
  fromLogDensity,
  type Model,
  type ModelTools,
  nonCentred,
  type PlateOptions,
  type Posterior,
  type PosteriorOptions,
  posterior,
  type RowsOf,
  type SampleOptions,
  type Variable,
} from './model/index.ts';
export { type PathfinderOptions, type PathfinderResult, pathfinder, pathfinderDefaults } from './pathfinder/index.ts';
export { type Psis, psis } from './psis/index.ts';
export type { Approximation, DrawsTable, Nested, SiteSummaries, SiteSummary } from './report/index.ts';
export {
  type Assigner,
  type Assignments,
  fitVariational,
  type VariationalFit,
  type VariationalOptions,
} from './variational/index.ts';
