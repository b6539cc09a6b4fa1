/** The one loop, algorithms by name, and what an executor does with a part of the rows. */

export type { Resumable, Step } from '../contracts/index.ts';
export { beginsIn } from './begins-in.ts';
export { backendIn, collectPart, partsAsked } from './collect-part.ts';
export { minibatch } from './minibatch.ts';
export { type RunOptions, run, TOLERANCE } from './run.ts';
export { statusSentences } from './sentences.ts';
export { type AlgorithmTable, build, buildNamed, type FactoryTable, type FamilyTable, type Tables } from './spec.ts';
