/** What every fit of a mixture shares, whatever raises the objective: options, checks, starts, restarts and the report. */

export { checkCount, checkNumber, checkRows } from './check-fit.ts';
export { algorithms, evaluateMixture } from './evaluate.ts';
export { familyNamed } from './family-named.ts';
export { fitMixture } from './fit-mixture.ts';
export { sampleRows } from './sample-rows.ts';
export { initialCenters, startMixture } from './start-mixture.ts';
export type {
  Covariance,
  Fit,
  FitContext,
  FitMethod,
  FitOptions,
  FitPlan,
  Mixture,
  MixtureConfig,
  Prior,
  PriorNote,
  PriorValues,
  Progress,
  Restart,
  Start,
  StartMethod,
  StartValues,
  TracePoint,
} from './types.ts';
