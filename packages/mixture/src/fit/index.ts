/** What every fit of a mixture shares, whatever raises the objective: options, checks, starts, restarts and the report. */

export { checkCount, checkNumber, checkRows } from './check-fit.ts';
export { evaluateMixture } from './evaluate.ts';
export { fitMixture } from './fit-mixture.ts';
export type { FitContext, FitMethod, FitPlan, MixtureConfig } from './types.ts';
