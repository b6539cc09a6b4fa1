/** Models as plain functions of named sites, traced into log densities over free coordinates. */
export { fromLogDensity, type Variable } from './from-log-density.ts';
export { lookOver, type Overview } from './look-over.ts';
export type {
  Elimination,
  Hidden,
  Latent,
  Model,
  ModelTools,
  PlateOptions,
  Provided,
  RowsOf,
  SampleOptions,
  Site,
  Trace,
} from './model-types.ts';
export { canBeNonCentred, nonCentred } from './non-centred.ts';
export {
  type Coordinates,
  checkSame,
  dimensionOf,
  freeIn,
  type LatentValues,
  latentsOf,
  type Posterior,
  type PosteriorOptions,
  posterior,
} from './posterior.ts';
export { traceModel } from './trace-model.ts';
export { hasMovingBounds } from './within-bounds.ts';
