/** What is fitted: families, weights, the fitted model. */

export * from './families/index.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './fit/driver/checkpoint.ts';
export type { Progress, Restart, Screening, TracePoint } from './fit/driver/progress.ts';
export { algorithms } from './fit/evaluate.ts';
export type { Certificate, Covariance, Fit, FitOptions, PriorNote, PriorValues, StartValues } from './fit/types.ts';
export * from './model/index.ts';
export { faithful } from './problems/index.ts';
export * from './weights/index.ts';
