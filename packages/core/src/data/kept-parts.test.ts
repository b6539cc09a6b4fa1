import { expect, test } from 'vitest';
import { plain } from '../backends/plain.ts';
import { key } from '../numeric/index.ts';
import { dataset } from './dataset.ts';
import { openShard } from './shard.ts';

const x = { data: Float64Array.from({ length: 200 }, (_, i) => i), rows: 100, cols: 2 };

test('a part that is asked for again is kept by its shard, the same rows, until rows are dealt out otherwise', () => {
  const shard = openShard(dataset(x), 0, plain);
  const take = (seed: number): number[] => {
    const some = shard.partOf({ shard: 0, part: 1, of: 4, shuffle: key(seed) });
    const rows = [...some.matrix().data];
    some.release();
    return rows;
  };
  const first = take(1);
  const before = shard.bytes();
  expect(take(1)).toEqual(first);
  expect(shard.bytes() - before).toBe(8 * 25 * 2);
  expect(take(1)).toEqual(first);
  take(2);
  expect(shard.bytes()).toBe(before);
  expect(take(1)).toEqual(first);
});
