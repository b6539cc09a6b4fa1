/** The one loop, and algorithms by name. */

export { type Resumable, type RunOptions, run, type Step, statusSentences } from './run.ts';
export { type AlgorithmTable, build, buildNamed, type FactoryTable, type FamilyTable, type Tables } from './spec.ts';
