/** The one loop, and algorithms by name. */

export type { Resumable, Step } from '../contracts/index.ts';
export { type RunOptions, run, TOLERANCE } from './run.ts';
export { statusSentences } from './sentences.ts';
export { type AlgorithmTable, build, buildNamed, type FactoryTable, type FamilyTable, type Tables } from './spec.ts';
