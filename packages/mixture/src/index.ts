/** What is fitted: families, weights, the fitted model. */

export * from './families/index.ts';
export { algorithms } from './fit/evaluate.ts';
export type {
  Covariance,
  Fit,
  FitOptions,
  PriorNote,
  PriorValues,
  Progress,
  Restart,
  StartValues,
  TracePoint,
} from './fit/types.ts';
export * from './model/index.ts';
export { faithful } from './problems/index.ts';
export * from './weights/index.ts';
