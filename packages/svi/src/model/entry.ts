/**
 * What models are written with, for those that would rather import it than be handed it: `distributions` and `operations`, each an object of its own, since
 * other packages have some of their names for other things (`dirichlet`, `logSumExp`). Besides, what turns graphs into programs.
 */
export * as distributions from '../distributions/index.ts';
export {
  broadcastShapes,
  type CompileOptions,
  compile,
  constant,
  differentiate,
  type Execution,
  index,
  input,
  numberOf,
  type Program,
  type ReduceOptions,
  random,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type Value,
  type ValueLike,
} from '../graph/index.ts';
export * as operations from '../graph/operations.ts';
