/** Computations as data: operations on small arrays, traced once, differentiated, and run as JavaScript that is made for them. */
export { concat, cumulativeSum, rows, slice, stack, take, transpose } from './arrange.ts';
export { type CompileOptions, compile, type Execution, type Program } from './compile.ts';
export { differentiate } from './differentiate.ts';
export { cholesky, diagonal, matmul, triangularSolve } from './linear.ts';
export {
  abs,
  add,
  atan,
  broadcastTo,
  cos,
  digamma,
  div,
  equal,
  exp,
  expm1,
  hold,
  less,
  lgamma,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  pow,
  type ReduceOptions,
  reshape,
  sigmoid,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  where,
} from './ops.ts';
export { broadcastShapes, type Shape, sameShape, showShape, sizeOf } from './shape.ts';
export { constant, index, input, numberOf, random, type Value, type ValueLike, value } from './value.ts';
