/** Rules of descent over named arrays, as pure functions over plain data. */

export { type AdamOptions, type AdamWOptions, adam, adamW } from './adam.ts';
export { addArrays, mapArrayNames } from './arrays.ts';
export { chain, clipByNorm, type GradientTransform } from './chain.ts';
export { checkLearningRate } from './check-learning-rate.ts';
export { learningRateAt } from './learning-rate.ts';
export type { LearningRate } from './learning-rate-type.ts';
export type { Arrays, Optimizer, OptimizerState, OwnedState } from './optimizer.ts';
export { type OptimizerName, optimizerNamed, optimizerNames } from './optimizers.ts';
export { type RmsPropOptions, rmsProp } from './rms-prop.ts';
export { type SgdOptions, sgd } from './sgd.ts';
export { type TrainOptions, type TrainState, train } from './train.ts';
