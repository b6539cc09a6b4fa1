/** The one loop, and algorithms by name. */

export { type RunOptions, run, type Step, statusSentences } from './run.ts';
export { type AlgorithmTable, resolve } from './spec.ts';
