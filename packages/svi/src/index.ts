export { algorithms } from './algorithms.ts';
export { fitByGradient, type GradientFit, type GradientFitOptions } from './gradient-mixture/fit-by-gradient.ts';
export { gradientMixture } from './gradient-mixture/gradient-mixture.ts';
export type {
  GradientMixtureConfig,
  GradientMixtureInfo,
  GradientMixtureState,
  GradientMixtureStats,
} from './gradient-mixture/types.ts';
export { type AdamOptions, adam } from './optimizers/adam.ts';
export { type LearningRate, learningRateAt } from './optimizers/learning-rate.ts';
export type { Arrays, Optimizer, OptimizerState } from './optimizers/optimizer.ts';
export type { OptimizerName } from './optimizers/optimizers.ts';
export { sgd } from './optimizers/sgd.ts';
