/** Rows once in memory, in the space of a fit, cut into shards. */

export { copyWeights, isList } from './copy-weights.ts';
export {
  applyTransform,
  columnTransform,
  cutRows,
  type DatasetOptions,
  dataset,
  identityTransform,
} from './dataset.ts';
export { meanStatistics } from './mean-statistics.ts';
export { type HeldShard, openShard } from './shard.ts';
