import { dataset } from '@mixtention/core/data';
import { key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { batchRows, deal } from './batches.ts';

test('batches that look at groups of shards see every part once, from four places of the table at least, and in fewer parts', () => {
  const data = dataset({ data: new Float64Array(48_000).fill(1), rows: 48_000, cols: 1 });
  const shards = data.cuts.length - 1;
  const dealt = deal(data, 4, { minibatch: undefined, most: 24, each: 20 });
  expect(dealt).toEqual({ batches: 24, byShard: false, groups: 3 });
  const batches = Array.from({ length: 24 }, (_, step) => batchRows(dealt, key(0), step, shards));
  for (const parts of batches) expect(parts).toHaveLength(shards / 3);
  const seen = batches.flat().map(({ shard, part, of }) => `${shard} ${part} of ${of}`);
  expect(new Set(seen).size).toBe(8 * shards);
  expect(seen.length).toBe(8 * shards);
  expect(new Set(batches.flat().map(({ shuffle }) => JSON.stringify(shuffle))).size).toBe(1);
});
