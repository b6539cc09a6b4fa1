import { fail } from '../base/errors.ts';

/** The number of shards is a multiple of this, so that 1–4 workers share them evenly; no more than rows allow, since each costs a sum. */
const SHARD_MULTIPLE = 12;
const LEAST_SHARD_ROWS = 1024;
/** Keeps the cores of a large machine busy on large data: 60 shards for a million rows. */
const MOST_SHARD_ROWS = 20_480;

/**
 * First row of each shard and the row count; by default about 12 shards, or a multiple of that, of 1,024 to 20,480 rows.
 *
 * @throws BAD_OPTION for what is no whole number from 1
 *
 * @example
 * cutRows(5, 2); // [0, 2, 4, 5]
 */
export function cutRows(rows: number, shardRows?: number): number[] {
  if (shardRows !== undefined && !(Number.isInteger(shardRows) && shardRows > 0)) {
    fail('core/dataset', 'BAD_OPTION', `shardRows is ${shardRows}, a positive integer was due`);
  }
  const shards = SHARD_MULTIPLE * Math.ceil(rows / SHARD_MULTIPLE / MOST_SHARD_ROWS);
  const size = shardRows ?? Math.max(LEAST_SHARD_ROWS, Math.ceil(rows / shards / 64) * 64);
  const cuts = [];
  for (let start = 0; start < rows; start += size) cuts.push(start);
  cuts.push(rows);
  return cuts;
}
