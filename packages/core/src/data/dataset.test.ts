import { expect, test } from 'vitest';
import { plain } from '../backends/plain.ts';
import { matrix, takeRows } from '../base/matrix.ts';
import type { Backend, Matrix, MemorySource, Statistics } from '../contracts/index.ts';
import { key } from '../numeric/index.ts';
import { cutRows } from './cut-rows.ts';
import { dataset, prepare } from './dataset.ts';
import { openReader } from './reader.ts';
import { openShard } from './shard.ts';
import { shardCache } from './shard-cache.ts';
import { openTiles, tilesFor } from './tiles.ts';
import { columnTransform } from './transform.ts';

/** Of `plain` with rows in float32, as tensor backends take them in. */
const float32: Backend = { ...plain, precision: 'float32' };

const grid = (rows: number, cols: number): Matrix => ({
  data: Float64Array.from({ length: rows * cols }, (_, i) => Math.sin(i + 1)),
  rows,
  cols,
});

test('columns are centred and scaled to mean 0 and variance 1 where they are used', () => {
  const data = dataset(grid(500, 3), { standardize: true });
  const x = openShard(data, 0, plain).matrix().data;
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

test('float32 rows are padded to 8 columns of zeros, start at multiples of 64 bytes and are made once for all threads', () => {
  const data = dataset(grid(3000, 5), { standardize: true });
  const memory = tilesFor(data, float32)!;
  const tiles = openTiles(data, memory)!;
  const reader = openReader(data);
  const rows = openShard(data, 1, float32, { reader, tiles }).matrix().data;
  const start = data.cuts[1]! * 8;
  const x = new Float32Array(memory.buffer as ArrayBuffer);
  expect([...x.subarray(start, start + 5)]).toEqual([...rows.subarray(0, 5)]);
  expect([x[start + 5], x[start + 6], x[start + 7], x[start + 13]]).toEqual([0, 0, 0, 0]);
  expect([...memory.full]).toEqual([0, 1, 0]);
  expect(tilesFor(data, float32)).toBe(memory);
  for (const cut of data.cuts.slice(0, -1)) expect((cut * 8 * 4) % 64).toBe(0);
});

test('float32 rows of a width that is a multiple of 8 and not scaled are used where they lie', () => {
  const x = { ...grid(100, 8), data: Float32Array.from(grid(100, 8).data) };
  const data = dataset(x);
  expect(tilesFor(data, float32)).toBe(null);
  expect(openShard(data, 0, float32).matrix().data.buffer).toBe((data.source as MemorySource).buffer);
});

test('rows stay in their own type and the users units', () => {
  const data = dataset({ data: Uint8Array.of(0, 1, 1, 255), rows: 2, cols: 2 }, { standardize: true });
  expect(data.source.type).toBe('uint8');
  expect([...openReader(data).read(0, 2).data]).toEqual([0, 1, 1, 255]);
  expect([...openShard(data, 0, plain).matrix().data]).toEqual([-1, -1, 1, 1]);
});

test('a pass in float64 sees the rows, not what float32 made of them', () => {
  const data = dataset(matrix([[1], [1 + 1e-12], [3]]), { standardize: true });
  const [first, second] = openShard(data, 0, float32).matrix().data;
  expect(first).toBe(second);
  const [a, b] = openShard(data, 0, plain).matrix().data;
  expect((b! - a!) * data.transform.scale[0]!).toBeCloseTo(1e-12, 15);
});

test('memory is shared, so that workers need no copy, and is a copy of what the caller gave', () => {
  const x = grid(10, 2);
  const source = dataset(x).source as MemorySource;
  expect(source.buffer).toBeInstanceOf(SharedArrayBuffer);
  x.data.fill(0);
  expect(new Float64Array(source.buffer as ArrayBuffer)[0]).toBe(Math.sin(1));
});

test('one data set serves several fits: other preparations share its memory', () => {
  const data = dataset(grid(100, 2));
  const scaled = prepare(data, true);
  expect(scaled.source).toBe(data.source);
  expect(scaled.transform).toEqual(dataset(grid(100, 2), { standardize: true }).transform);
  expect(prepare(data, true)).toBe(scaled);
  expect(scaled.id).not.toBe(data.id);
});

test('digests are of values: equal in every type, other where one value or weight is', () => {
  const x = { data: Float64Array.of(1, 2, 3, 4), rows: 4, cols: 1 };
  const { digest } = dataset(x);
  expect(dataset({ ...x, data: Float32Array.from(x.data) }, { standardize: true }).digest).toBe(digest);
  expect(dataset({ ...x, data: Uint8Array.from(x.data) }, { shardRows: 1 }).digest).toBe(digest);
  const others = [
    dataset({ ...x, data: Float64Array.of(1, 2, 4, 3) }),
    dataset({ ...x, rows: 2, cols: 2 }),
    dataset(x, { weights: [1, 1, 1, 1] }),
    dataset(x, { weights: [1, 1, 1, 2] }),
  ].map((other) => other.digest);
  expect(new Set([digest, ...others]).size).toBe(5);
});

test('the first pass tells ranges, names and columns that count their rows', () => {
  const rows = Array.from({ length: 50 }, (_, n) => [n + 100, Math.sin(n), 7, 2 ** n, -n * n]);
  const { columns } = dataset({ ...matrix(rows), columns: ['id', 'x', 'c', 'p', 'q'] });
  expect(columns.names).toEqual(['id', 'x', 'c', 'p', 'q']);
  expect(columns.counting).toEqual([0, 3, 4]);
  expect([columns.least[0], columns.most[0], columns.least[2], columns.most[2], columns.deviation[2]]).toEqual([
    100, 149, 7, 7, 0,
  ]);
});

test('a shard cache lets go of what passes its budget and gives the same rows again', () => {
  const data = dataset(grid(40, 1000), { shardRows: 10 });
  const shards = shardCache({ float64: 256_000, float32: 0 });
  const statistics: Statistics = {
    key: 'wide',
    squares: 'none',
    width: () => 1000,
    statistics: (x) => ({ ...x, data: x.data.slice() }),
    logBaseMeasure: () => null,
  };
  const term = { form: 'linear', statistics, columns: null, width: 1000, natural: new Float64Array(1000) } as const;
  const sizes = [0, 1, 2, 3, 0].map((index) => {
    const shard = shards.get(data, index, plain);
    const seen = shard.bytes();
    shard.write({ components: 1, bias: Float64Array.of(0), terms: [term] });
    return seen;
  });
  // 80 kB of statistics, and as much of rows, a shard: one is kept of 256 kB.
  expect(sizes.map((bytes) => bytes > 0)).toEqual([false, false, false, false, true]);
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

test('columns are scaled one by one, in groups of one spread, or not at all', () => {
  const { data } = grid(200, 4);
  const x = { data: data.map((v, i) => v * [1, 10, 3, 4][i % 4]!), rows: 200, cols: 4 };
  const alone = dataset(x, { standardize: true }).transform;
  const { center, scale } = dataset(x, { standardize: ['alone', 7, 'none', 7] }).transform;
  const common = Math.sqrt((alone.scale[1]! ** 2 + alone.scale[3]! ** 2) / 2);
  expect([...center]).toEqual([alone.center[0], alone.center[1], 0, alone.center[3]]);
  expect(scale[0]).toBe(alone.scale[0]);
  expect(scale[2]).toBe(1);
  expect(scale[1]).toBeCloseTo(common, 12);
  expect(scale[3]).toBe(scale[1]);
  expect(prepare(dataset(x), [0, 0, 0, 0]).transform).toEqual(dataset(x, { standardize: 'jointly' }).transform);
  expect(() => dataset(x, { standardize: ['alone', 'none'] })).toThrow('a number for each of 4 columns was due');
});

test('options are checked', () => {
  const x = grid(3, 1);
  expect(() => dataset(x, { standardise: true } as object)).toThrow(
    'unknown option "standardise", did you mean "standardize"?',
  );
  expect(() => dataset(x, { standardize: 'joint' as 'jointly' })).toThrow(
    'standardize is "joint"; true, false, "jointly", or',
  );
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

test('a shard gives back its rows, and parts of it all of them, each once, with their numbers in the data set', () => {
  const x = grid(2500, 3);
  const data = dataset(x, { shardRows: 1000 });
  for (const [backend, Type] of [
    [plain, Float64Array],
    [float32, Float32Array],
  ] as const) {
    const shard = openShard(data, 2, backend);
    expect([shard.start, shard.rows]).toEqual([2000, 500]);
    expect([...shard.matrix().data]).toEqual([...Type.from(x.data.subarray(6000))]);
    for (const shuffle of [undefined, key(1)]) {
      const seen: number[] = [];
      for (let part = 0; part < 7; part++) {
        const some = shard.partOf({ shard: 2, part, of: 7, ...(shuffle && { shuffle }) });
        const numbers = some.numbers();
        expect(numbers).toEqual(numbers.slice().sort());
        expect([...some.matrix().data]).toEqual([...Type.from(takeRows(x, numbers).data)]);
        seen.push(...numbers);
      }
      expect(seen.every((n, i) => n === 2000 + i)).toBe(shuffle === undefined);
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => 2000 + i));
    }
  }
});

test('the part of a random order depends on its key and the shard alone', () => {
  const data = dataset(grid(300, 2), { shardRows: 100 });
  const numbers = (shard: number, seed: number): number[] => [
    ...openShard(data, shard, plain)
      .partOf({ shard, part: 1, of: 4, shuffle: key(seed) })
      .numbers(),
  ];
  expect(numbers(0, 1)).toEqual(numbers(0, 1));
  expect(numbers(0, 1)).not.toEqual(numbers(0, 2));
  expect(numbers(0, 1)).not.toEqual(numbers(1, 1).map((n) => n - 100));
});

test('NaN is refused with its place', () => {
  expect(() => dataset({ data: Float64Array.of(1, Number.NaN), rows: 2, cols: 1 })).toThrow('row 1, column 0');
});

test('a column in units of 1e-310 keeps its deviation, so that a fit can refuse it', () => {
  const column = Float64Array.from({ length: 100 }, (_, n) => (n % 2 ? 1e-310 : -1e-310));
  const { columns } = dataset({ data: column, rows: 100, cols: 1 });
  expect(columns.deviation[0]! / 1e-310).toBeCloseTo(1, 10);
});

test('nanoseconds since 1970 that spread over 10 microseconds are no constant column', () => {
  const column = Float64Array.from({ length: 100 }, (_, n) => 1.7e18 + 256 * ((n * 37) % 79));
  const { columns } = dataset({ data: column, rows: 100, cols: 1 });
  const { columns: near } = dataset({ data: column.map((x) => x - 1.7e18), rows: 100, cols: 1 });
  expect(columns.deviation[0]! / near.deviation[0]!).toBeCloseTo(1, 12);
});

test('moments joined part by part are those of all rows at once', () => {
  const x = grid(200_000, 3);
  const { center, scale } = columnTransform(x, null);
  for (let d = 0; d < 3; d++) {
    const column = Array.from(x.data).filter((_, i) => i % 3 === d);
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length;
    expect(center[d]).toBeCloseTo(mean, 13);
    expect(scale[d]).toBeCloseTo(Math.sqrt(variance), 13);
  }
});
