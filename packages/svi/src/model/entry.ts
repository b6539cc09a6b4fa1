/**
 * What models are written with, for those that import it: every distribution and operation. Besides, what turns graphs into programs.
 */
export * from '../distributions/index.ts';
export * from '../graph/index.ts';
