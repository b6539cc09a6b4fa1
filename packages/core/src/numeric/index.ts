/** Mathematics in float64: special functions, small dense matrices, keyed random streams. */

export * from './linalg/index.ts';
export * from './random/index.ts';
export * from './special/index.ts';
