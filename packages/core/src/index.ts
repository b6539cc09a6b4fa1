export { plain } from './backend/plain.ts';
export { precise } from './backend/precise.ts';
export {
  applyTransform,
  columnTransform,
  cutRows,
  type DatasetOptions,
  dataset,
  identityTransform,
} from './data/dataset.ts';
export { type HeldShard, openShard } from './data/shard.ts';
export { checkOptions, type ErrorCode, fail, lookUp, MixtentionError, show } from './errors.ts';
export { inline } from './execution/inline.ts';
export * from './families/index.ts';
export * from './fit/index.ts';
export * from './init/index.ts';
export { reference } from './kernel/reference.ts';
export { MOST_FLOAT32_TERM, magnitudeOf, outgrowsFloat32, precisionOf, termSizes } from './kernel/term-sizes.ts';
export * from './linalg/index.ts';
export {
  checkFinite,
  checkWidth,
  dense,
  type MatrixLike,
  matrix,
  rowsOf,
  type TensorLike,
  takeRows,
} from './matrix.ts';
export { memoize } from './memoize.ts';
export * from './model/index.ts';
export { faithful } from './problems/index.ts';
export * from './random/index.ts';
export { type RunOptions, run, type Step, statusSentences } from './run.ts';
export { type AlgorithmTable, resolve } from './spec.ts';
export * from './special/index.ts';
export { addTrees, copyTree, decodeTree, encodeTree, isHealthy, mapArrays, treeBytes } from './tree.ts';
export type * from './types.ts';
export * from './weights/index.ts';
