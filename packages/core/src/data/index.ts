/** Rows once in memory, or where a source has them, in the user's units and their own type; passes over them; shards in the space of a fit. */

export { copyWeights, isList } from './copy-weights.ts';
export { cutRows } from './cut-rows.ts';
export { type DatasetOptions, dataset, isDataset, prepare, reweigh } from './dataset.ts';
export { isBinary, isExact, isScaled, scalingsOf } from './family-columns.ts';
export { makeNumbers } from './make-numbers.ts';
export { meanStatistics } from './mean-statistics.ts';
export { type HeldRows, openRows } from './open-rows.ts';
export { type Pass, runPass } from './pass.ts';
export { openReader, openSourceReader, openTable, type RowReader } from './reader.ts';
export { type RobustColumns, robustColumns } from './robust-columns.ts';
export { checkRoom, refuseRoom, roomLeft, showBytes } from './room.ts';
export { drawRows, sampleRows } from './sample-rows.ts';
export { type HeldShard, openShard } from './shard.ts';
export { bindSource, isSource } from './sources.ts';
export { takeRowsOf } from './take-rows-of.ts';
export { applyTransform, columnTransform, identityTransform, transformOf } from './transform.ts';
