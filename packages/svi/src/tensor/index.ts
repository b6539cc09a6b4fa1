/** Models and guides on tensors: the same functions as ops of tfjs, on any of its backends. */
export { type TensorBound, type TensorBoundOptions, tensorBound } from './tensor-bound.ts';
export { type TensorPosterior, tensorPosterior } from './tensor-posterior.ts';
