/** Which kernel, on how many threads, and what a pass takes: by measured rates. */

export { measureRates } from './measure-rates.ts';
export { type Candidate, type PassPlan, type PlanOptions, plan } from './plan.ts';
export { problemOf } from './problem-of.ts';
export { type KernelRates, type Problem, passSeconds, type Rate, type Rates, type ThreadRates } from './rates.ts';
export { storedRates, storedThreads } from './stored-rates.ts';
