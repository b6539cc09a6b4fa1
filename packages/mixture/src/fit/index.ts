/** What every fit of a mixture shares, whatever raises the objective: options, checks, starts, restarts and the report. */

export { checkCount, checkNumber, checkReady, checkRows } from './check-fit.ts';
export { evaluateMixture } from './evaluate.ts';
export { fitMixture } from './fit-mixture.ts';
export type { FitContext, FitInput, FitMethod, FitPlan, MixtureConfig } from './types.ts';
