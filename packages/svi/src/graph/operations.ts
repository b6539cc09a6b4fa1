/** What values are computed with; models get these handed over by name. */
export { concat, cumulativeSum, rows, slice, stack, take, transpose } from './arrange.ts';
export { evidence } from './evidence.ts';
export { cholesky, diagonal, matmul, triangularSolve } from './linear.ts';
export {
  abs,
  add,
  atan,
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
  logBeta,
  maximum,
  minimum,
  mul,
  neg,
  normalLogCdf,
  pow,
  sigmoid,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from './ops.ts';
export { broadcastTo, logSoftmax, logSumExp, max, mean, reshape, sum } from './reduce.ts';
export { value } from './value.ts';
