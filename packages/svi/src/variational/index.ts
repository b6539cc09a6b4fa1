/** Fixed-form variational inference by automatic differentiation; needs a tfjs backend, and is reached by `@mixtention/svi/variational`. */

export { gumbelMax } from '../gumbel/gumbel-max.ts';
export { gumbelNoise } from '../gumbel/gumbel-noise.ts';
export { gumbelSoftmax } from '../gumbel/gumbel-softmax.ts';
export { relaxedLogDensity } from '../gumbel/relaxed-log-density.ts';
export { straightThrough } from '../gumbel/straight-through.ts';
export { temperatureAt } from '../gumbel/temperature.ts';
export type { Temperature } from '../gumbel/temperature-type.ts';
export { algorithms } from './algorithms.ts';
export { type Assigned, type BoundEstimate, discreteBound } from './discrete-bound.ts';
export { fitVariational, type VariationalFit } from './fit-variational.ts';
export type { GradientEstimator } from './globals-gradient.ts';
export type { MixtureGuide } from './guide.ts';
export type { AssignmentMode } from './objective-gradient.ts';
export type { GuidePosterior, MeanAndDeviation } from './posterior.ts';
export type { MixturePrior } from './prior.ts';
export type {
  VariationalConfig,
  VariationalInfo,
  VariationalMessage,
  VariationalState,
  VariationalStats,
} from './types.ts';
export { variational } from './variational.ts';
export type { VariationalOptions } from './variational-options.ts';
