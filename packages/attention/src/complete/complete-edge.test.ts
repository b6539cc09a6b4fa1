import { bernoulli } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';
import { observedColumns } from './observed-columns.ts';

describe('complete at its edge', () => {
  const model = randomMixture(bernoulli, 2, 3, 1100);

  test('hidden cells may hold anything, NaN too', () => {
    const { completed } = complete(model, [[1, Number.NaN, 7]], [true, false, false]);
    const clean = complete(model, [[1, 0, 0]], [true, false, false]);
    expect(completed.data).toEqual(clean.completed.data);
  });

  test('the input is left alone', () => {
    const data = Float64Array.of(1, 0, 1);
    complete(model, { data, rows: 1, cols: 3 }, [true, false, false], { truth: { data, rows: 1, cols: 3 } });
    expect([...data]).toEqual([1, 0, 1]);
  });

  test('masks come as booleans, bytes, rows of booleans or a matrix', () => {
    const rows = [
      [1, 0, 1],
      [0, 1, 1],
    ];
    const cells = [
      [true, false, true],
      [false, true, true],
    ];
    const byRows = complete(model, rows, cells).completed.data;
    expect(complete(model, rows, Uint8Array.of(1, 0, 1, 0, 1, 1)).completed.data).toEqual(byRows);
    expect(complete(model, rows, { data: Uint8Array.of(1, 0, 1, 0, 1, 1), rows: 2, cols: 3 }).completed.data).toEqual(
      byRows,
    );
  });

  test('mistakes are named in one sentence', () => {
    const rows = [[1, 0, 1]];
    expect(() => complete(model, [[1, 0]], [true, true])).toThrow(
      '[attention] complete: the data have 2 columns, the model was fitted on 3',
    );
    expect(() => complete(model, rows, [true])).toThrow(/the mask holds 1 value; 3 \(one a column\) or 1 × 3/);
    expect(() => complete(model, [[1, Number.NaN, 0]], [true, true, false])).toThrow(/row 0, column 1 .* is NaN/);
    expect(() => complete(model, [[0.5, 0, 0]], [true, true, false])).toThrow(/row 0, column 0 .* is 0.5/);
    expect(() => complete(model, rows, [true, true, false], { truth: [[1, 0]] })).toThrow(
      /the truth has shape \[1, 2\]/,
    );
    expect(() => complete(model, rows, [true, true, false], { thruth: rows } as object)).toThrow(
      /did you mean "truth"/,
    );
    expect(() => observedColumns(3, 2, 4)).toThrow(/columns 2 to 4 of 3/);
  });
});
