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

test('parts of a new deal use the memory of those that were released, and never that of one which is still held', () => {
  const shard = openShard(dataset(x), 0, plain);
  const part = (which: number, seed: number) => shard.partOf({ shard: 0, part: which, of: 4, shuffle: key(seed) });
  const first = part(0, 1);
  const rows = [...first.matrix().data];
  const other = part(1, 1);
  const memory = other.matrix().data.buffer;
  expect(memory).not.toBe(first.matrix().data.buffer);
  other.release();
  // A second release gives back nothing more.
  other.release();
  const third = part(2, 1);
  expect(third.matrix().data.buffer).toBe(memory);
  expect(part(3, 1).matrix().data.buffer).not.toBe(memory);
  expect([...first.matrix().data]).toEqual(rows);
});
