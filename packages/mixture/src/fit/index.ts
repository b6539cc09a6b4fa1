/** What every fit shares, whatever raises the objective: options, checks, starts, restarts and the report. */

export { criteria } from '../model/criteria.ts';
export { checkFit } from './check-fit.ts';
export { choosePrior } from './choose-prior.ts';
export { chooseStart } from './choose-start.ts';
export { checkCount, checkDriverOptions, checkNumber } from './driver/check-options.ts';
export { fitDefaults } from './driver/defaults.ts';
export { drive } from './driver/drive.ts';
export {
  type Account,
  type DriverOptions,
  type FitInput,
  type OwnDefaults,
  type Settled,
  settle,
} from './driver/options.ts';
export { type Outcome, troubleOf } from './driver/outcome.ts';
export type { Progress, TracePoint } from './driver/progress.ts';
export { type Course, type Posed, restartsOf, type Subject } from './driver/subject.ts';
export { evaluateMixture } from './evaluate.ts';
export { fitMixture } from './fit-mixture.ts';
export { mixtureSubject } from './mixture-subject.ts';
export type { FitContext, FitMethod, FitPlan, MixtureConfig, ModelParts } from './types.ts';
