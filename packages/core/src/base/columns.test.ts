import { describe, expect, test } from 'vitest';
import { alignColumns, columnLabel, columnOrder } from './columns.ts';
import { matrix, rowsOf, takeRows } from './matrix.ts';

const setting = { width: 2, where: 'test/here' };
const named = (columns: readonly string[], cells: number[][]) => ({ ...matrix(cells), columns });

describe('columns by name', () => {
  test('names travel with a matrix, its rows and copies of its rows', () => {
    const m = matrix(
      named(
        ['a', 'b'],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    );
    expect(m.columns).toEqual(['a', 'b']);
    expect(rowsOf(m, 1, 2)).toEqual({ data: Float64Array.of(3, 4), rows: 1, cols: 2, columns: ['a', 'b'] });
    expect(takeRows(m, [1]).columns).toEqual(['a', 'b']);
    expect('columns' in matrix([[1, 2]])).toBe(false);
  });

  test.each([
    [['a'], '1 name'],
    [['a', 1], '2 names'],
    ['ab', '"ab"'],
    [null, 'null'],
  ])('names that are none, as %j, are refused', (columns, came) => {
    expect(() => matrix({ ...matrix([[1, 2]]), columns } as never, 'test/here')).toThrow(
      `[test] here: columns are ${came}, the names of 2 columns were due`,
    );
  });

  test('columns are put in the order of the model, and those that it does not know are left out', () => {
    const rows = named(
      ['id', 'b', 'a'],
      [
        [7, 1, 2],
        [8, 3, 4],
      ],
    );
    expect(alignColumns(rows, ['a', 'b'], setting)).toEqual({
      data: Float64Array.of(2, 1, 4, 3),
      rows: 2,
      cols: 2,
      columns: ['a', 'b'],
    });
    expect(columnOrder(rows, ['a', 'b'], setting)).toEqual(Int32Array.of(2, 1));
  });

  test('the matrix itself comes back where nothing is to be done', () => {
    const rows = named(['a', 'b'], [[1, 2]]);
    expect(alignColumns(rows, ['a', 'b'], setting)).toBe(rows);
    expect(alignColumns(rows, null, setting)).toBe(rows);
    const bare = matrix([[1, 2]]);
    expect(alignColumns(bare, ['a', 'b'], setting)).toBe(bare);
  });

  test('a column that is not there is named, with the nearest that is', () => {
    expect(() => alignColumns(named(['a', 'Waiting'], [[1, 2]]), ['a', 'waiting'], setting)).toThrow(
      '[test] here: the data have no column "waiting" (is it "Waiting"?), which the model was fitted on; they have "a", "Waiting"',
    );
  });

  test('a column that is there twice is named, unless all stand as in the model', () => {
    const rows = named(['a', 'a'], [[1, 2]]);
    expect(() => alignColumns(rows, ['a'], { ...setting, width: 1 })).toThrow('the data have two columns "a"');
    expect(alignColumns(rows, ['a', 'a'], setting)).toBe(rows);
  });

  test('without names the width must be that of the model', () => {
    expect(() => alignColumns(matrix([[1, 2, 3]]), ['a', 'b'], setting)).toThrow(
      'the data have 3 columns, the model was fitted on 2',
    );
    expect(() => alignColumns(named(['a'], [[1]]), null, setting)).toThrow('have 1 column,');
  });

  test('float32 stays float32', () => {
    const rows = { data: Float32Array.of(1, 2), rows: 1, cols: 2, columns: ['b', 'a'] };
    expect(alignColumns(rows, ['a', 'b'], setting).data).toEqual(Float32Array.of(2, 1));
  });

  test('labels name a column by number, and by name where there is one', () => {
    expect(columnLabel(1, null)).toBe('column 1 (counted from 0)');
    expect(columnLabel(1, ['a', 'b c'])).toBe('column 1 "b c" (counted from 0)');
  });
});
