/** The one loop, and algorithms by name. */

export { type Resumable, type RunOptions, run, type Step, TOLERANCE } from './run.ts';
export { statusSentences } from './sentences.ts';
export { type AlgorithmTable, build, buildNamed, type FactoryTable, type FamilyTable, type Tables } from './spec.ts';
