import { expect, test } from 'vitest';
import { plain } from '../backends/plain.ts';
import { matrix } from '../base/matrix.ts';
import type { Matrix } from '../contracts/index.ts';
import { columnTransform, cutRows, dataset } from './dataset.ts';
import { openShard } from './shard.ts';

const grid = (rows: number, cols: number): Matrix => ({
  data: Float64Array.from({ length: rows * cols }, (_, i) => Math.sin(i + 1)),
  rows,
  cols,
});

test('columns are centred and scaled to mean 0 and variance 1', () => {
  const data = dataset(grid(500, 3), { standardize: true });
  const x = new Float64Array(data.buffer, 0, 1500);
  for (let d = 0; d < 3; d++) {
    const column = Array.from({ length: 500 }, (_, n) => x[n * 3 + d]!);
    expect(Math.abs(column.reduce((a, b) => a + b) / 500)).toBeLessThan(1e-14);
    expect(Math.abs(column.reduce((a, b) => a + b * b, 0) / 500 - 1)).toBeLessThan(1e-13);
  }
});

test('an offset of 1e8 standard deviations costs no more digits than the input itself has lost', () => {
  const near = grid(500, 2);
  const far = { ...near, data: near.data.map((v) => v + 1e8) };
  const a = columnTransform(near, null);
  const b = columnTransform(far, null);
  expect(Math.abs(b.scale[0]! / a.scale[0]! - 1)).toBeLessThan(1e-7);
});

test('a constant column keeps its scale', () => {
  const { transform } = dataset(
    matrix([
      [1e9, 1],
      [1e9, 2],
      [1e9, 3],
    ]),
    { standardize: true },
  );
  expect(transform.scale[0]).toBe(1);
  expect(transform.center[0]).toBe(1e9);
});

test('float32 rows are padded to 8 columns of zeros and start at multiples of 64 bytes', () => {
  const data = dataset(grid(3000, 5), { precision: 'float32' });
  expect(data.stride).toBe(8);
  const x = new Float32Array(data.buffer, 0, 3000 * 8);
  expect([x[5], x[6], x[7], x[13]]).toEqual([0, 0, 0, 0]);
  for (const start of data.cuts.slice(0, -1)) expect((start * data.stride * 4) % 64).toBe(0);
});

test('memory is shared, so that workers need no copy', () => {
  expect(dataset(grid(10, 2)).buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('cuts depend on the number of rows alone, cover it, and are even', () => {
  for (const rows of [1, 7, 1024, 1025, 50_000, 200_000, 10_000_000]) {
    const cuts = cutRows(rows);
    const sizes = cuts.slice(1).map((end, i) => end - cuts[i]!);
    expect(cuts[0]).toBe(0);
    expect(cuts.at(-1)).toBe(rows);
    expect(sizes.every((size) => size > 0 && size <= 20_480)).toBe(true);
  }
  expect([50_000, 200_000, 1_000_000].map((rows) => cutRows(rows).length - 1)).toEqual([12, 12, 60]);
  expect(cutRows(10, 4)).toEqual([0, 4, 8, 10]);
});

test('options are checked', () => {
  const x = grid(3, 1);
  expect(() => dataset(x, { precison: 'float32' } as object)).toThrow(
    'unknown option "precison", did you mean "precision"?',
  );
  expect(() => dataset(x, { precision: 'float16' as 'float32' })).toThrow('unknown precision "float16", did you mean');
  expect(() => dataset(x, { standardize: 'joint' as 'jointly' })).toThrow('standardize is "joint", true, false or');
});

test('weights are checked: length, sign, finiteness, not all zero', () => {
  const x = grid(3, 1);
  expect(() => dataset(x, { weights: [1, 2] })).toThrow('weights of length 2 came with 3 rows');
  expect(() => dataset(x, { weights: [1, -1, 1] })).toThrow('the weight of row 1 (counted from 0) is -1');
  expect(() => dataset(x, { weights: [0, 0, 0] })).toThrow('every weight is 0');
  expect(dataset(x, { weights: [1, 2, 3] }).totalWeight).toBe(6);
});

test.each<readonly [string, unknown, string]>([
  ['text', ['1', 2, 3], 'row 0 (counted from 0) is "1", a finite number ≥ 0 was due'],
  ['bigints', [1, 2n, 3], 'row 1 (counted from 0) is 2n, a finite number'],
  ['64-bit integers', new BigInt64Array(3), 'row 0 (counted from 0) is 0n, a finite number'],
  ['truth values', [1, 2, true], 'row 2 (counted from 0) is true, a finite number'],
  ['null', [1, null, 1], 'row 1 (counted from 0) is null, a finite number'],
  ['a hole', { length: 3, 0: 1, 2: 1 }, 'row 1 (counted from 0) is undefined, a finite number'],
  ['a sum beyond float64', [1e308, 1e308, 1], 'the weights sum to Infinity'],
])('weights that are no numbers are refused: %s', (_, weights, due) => {
  expect(() => dataset(grid(3, 1), { weights: weights as number[] })).toThrow(due);
});

test.each<readonly [string, number[], number[] | undefined]>([
  ['distances', [1e308, -1e308, 3], undefined],
  ['sums of distances', [0, 1.7e308, 1.7e308], undefined],
  ['distances from the mean', [0, 1.7e308, -1.7e308], [1e-300, 1, 1e-12]],
  ['distances times weights', [0, 1e200, 1], [1, 1e200, 1]],
])('a column whose %s do not fit a float64 is refused by its name', (_, column, weights) => {
  const x = matrix(column.map((value, n) => [n, value]));
  expect(() => dataset(x, { standardize: true, weights })).toThrow(
    expect.objectContaining({
      code: 'BAD_DATA',
      message: expect.stringContaining('column 1 (counted from 0) has values'),
    }),
  );
});

test('weighted moments equal those of repeated rows', () => {
  const x = grid(4, 2);
  const repeated = matrix([0, 0, 1, 3, 3, 3].map((n) => Array.from(x.data.subarray(n * 2, n * 2 + 2))));
  const a = columnTransform(x, Float64Array.of(2, 1, 0, 3));
  const b = columnTransform(repeated, null);
  for (let d = 0; d < 2; d++) {
    expect(a.center[d]).toBeCloseTo(b.center[d]!, 13);
    expect(a.scale[d]).toBeCloseTo(b.scale[d]!, 13);
  }
});

test('a shard gives back its rows, and a subset some of them', () => {
  const x = grid(2500, 3);
  const data = dataset(x, { precision: 'float32', shardRows: 1000 });
  const shard = openShard(data, 2, plain);
  expect([shard.start, shard.rows]).toEqual([2000, 500]);
  expect(shard.matrix().data).toEqual(Float32Array.from(x.data.subarray(6000)));
  expect(shard.subset(Int32Array.of(1)).matrix().data).toEqual(Float32Array.from(x.data.subarray(6003, 6006)));
});

test('NaN is refused with its place', () => {
  expect(() => dataset({ data: Float64Array.of(1, Number.NaN), rows: 2, cols: 1 })).toThrow('row 1, column 0');
});
