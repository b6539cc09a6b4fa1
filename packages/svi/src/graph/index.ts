/** Computations as data: operations on small arrays, traced once, differentiated, and run as JavaScript that is made for them. */
export { type CompileOptions, compile, type Execution, type Program, type Swap } from './compile.ts';
export { differentiate } from './differentiate.ts';
export { knownNumbers } from './known-numbers.ts';
export * from './operations.ts';
export { type Programs, rebinding } from './rebind.ts';
export type { ReduceOptions } from './reduce.ts';
export { broadcastShapes, checkShape, type Shape, sameShape, showShape, sizeOf } from './shape.ts';
export { dependents, substitute } from './substitute.ts';
export { constant, index, input, numberOf, random, type Value, type ValueLike } from './value.ts';
