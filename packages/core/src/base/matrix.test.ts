import { expect, test } from 'vitest';
import { checkWidth } from './columns.ts';
import { matrix, rowsOf, takeRows } from './matrix.ts';

test('matrix copies rows of numbers into float64', () => {
  expect(
    matrix([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
  ).toEqual({ data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 3, cols: 2 });
});

test('matrix uses a fitting typed array as it is', () => {
  const data = Float32Array.of(1, 2, 3, 4);
  expect(matrix({ data, shape: [2, 2] }).data).toBe(data);
  expect(matrix({ data, rows: 2, cols: 2 }).data).toBe(data);
});

test('matrix takes integers, BigInts and views at odd offsets', () => {
  expect(matrix({ data: Uint8Array.of(7, 8), shape: [2, 1] }).data).toEqual(Float64Array.of(7, 8));
  expect(matrix({ data: BigInt64Array.of(7n, 8n) as unknown as ArrayLike<number>, shape: [1, 2] }).data).toEqual(
    Float64Array.of(7, 8),
  );
  const view = new Float64Array(new ArrayBuffer(40), 8, 4);
  expect(matrix({ data: view, shape: [2, 2] }).data).toBe(view);
});

test('matrix takes a tensor-like object, and a vector as one column', () => {
  expect(matrix({ shape: [3], rank: 1, dataSync: () => Float32Array.of(1, 2, 3) })).toMatchObject({ rows: 3, cols: 1 });
});

const bad: [string, () => unknown, string][] = [
  ['a tensor that is none', () => matrix({ dataSync: 1 } as never), 'the data are an object without rows'],
  ['ragged rows', () => matrix([[1, 2], [3]]), 'row 1 (counted from 0) has 1 column, row 0 has 2'],
  [
    'NaN',
    () =>
      matrix([
        [1, 2],
        [3, Number.NaN],
      ]),
    'row 1, column 1 (counted from 0) is NaN',
  ],
  [
    'infinity',
    () => matrix({ data: Float64Array.of(1, Number.POSITIVE_INFINITY), shape: [1, 2] }),
    'row 0, column 1 (counted from 0) is Infinity',
  ],
  ['a string cell', () => matrix([[1, '2' as unknown as number]]), 'row 0, column 1 (counted from 0) is "2"'],
  ['a hole', () => matrix([[1, 2], new Array(2) as number[]]), 'row 1, column 0 (counted from 0)'],
  ['no rows', () => matrix([]), 'empty'],
  ['no columns', () => matrix([[], []]), 'empty'],
  ['a flat list', () => matrix([1, 2, 3] as unknown as number[][]), 'for one column give'],
  [
    'a wrong shape',
    () => matrix({ data: Float64Array.of(1, 2, 3), shape: [2, 2] }),
    'needs 4 numbers, the data hold 3',
  ],
  ['rank 3', () => matrix({ data: new Float64Array(8), shape: [2, 2, 2] }), 'rank 1 or 2'],
  [
    'an overflowing shape',
    () => matrix({ data: new Float64Array(8), shape: [2 ** 40, 2 ** 40] }),
    'not a pair of counts',
  ],
  ['a shape that is none', () => matrix({ data: [1], shape: null as unknown as number[] }), 'rank 1 or 2'],
  [
    'a list of what are no rows',
    () => matrix([{ a: 1 }] as unknown as number[][]),
    'row 0 (counted from 0) is an object',
  ],
  [
    'cells that are no numbers beside a shape',
    () => matrix({ data: [1, null, '3', 4] as unknown as number[], shape: [2, 2] }),
    'row 0, column 1 (counted from 0) is null, a number was due',
  ],
  [
    'an integer that float64 would round',
    () => matrix({ data: BigInt64Array.of(1n, 2n ** 53n + 1n) as unknown as number[], shape: [1, 2] }),
    'row 0, column 1 (counted from 0) is 9007199254740993n, a number was due',
  ],
  ['null', () => matrix(null as unknown as number[][]), 'rows of numbers were due'],
];

test.each(bad)('matrix refuses %s with one sentence', (_, call, message) => {
  expect(call).toThrow(message);
});

test('integers of any width are taken as numbers', () => {
  const data = BigInt64Array.of(-3n, 2n ** 53n - 1n) as unknown as number[];
  expect(matrix({ data, shape: [2, 1] }).data).toEqual(Float64Array.of(-3, 2 ** 53 - 1));
  expect(matrix({ data: Uint8Array.of(7, 8), shape: [2] })).toEqual({ data: Float64Array.of(7, 8), rows: 2, cols: 1 });
});

test('a detached buffer is refused', () => {
  const data = Float64Array.of(1, 2);
  structuredClone(data, { transfer: [data.buffer] });
  expect(() => matrix({ data, shape: [1, 2] })).toThrow('the data hold 0');
});

test('rowsOf is a view and takeRows a copy', () => {
  const m = matrix([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(rowsOf(m, 1, 3).data.buffer).toBe(m.data.buffer);
  expect(takeRows(m, [2, 0])).toEqual({ data: Float64Array.of(5, 6, 1, 2), rows: 2, cols: 2 });
});

test('checkWidth names both widths', () => {
  expect(() => checkWidth(matrix([[1, 2]]), 3, 'core/predict')).toThrow(
    'the data have 2 columns, the model was fitted on 3',
  );
});

test('a number that is not finite is found wherever it stands, and large ones are none', () => {
  for (let count = 1; count < 10; count++)
    for (let at = 0; at < count; at++)
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const data = new Float64Array(count).fill(Number.MAX_VALUE);
        expect(matrix({ data, shape: [count, 1] }).data).toBe(data);
        data[at] = wrong;
        expect(() => matrix({ data, shape: [count, 1] })).toThrow(`row ${at}, column 0 (counted from 0) is ${wrong}`);
      }
});
