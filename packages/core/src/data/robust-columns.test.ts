import { expect, it } from 'vitest';
import { matrix } from '../base/matrix.ts';
import { generator, key } from '../numeric/index.ts';
import { robustColumns } from './robust-columns.ts';

it('a normal column has its own mean and deviation, within what 20,000 draws allow', () => {
  const random = generator(key(1));
  const data = Float64Array.from({ length: 20_000 }, () => 7 + 3 * random.normal());
  const { center, scale } = robustColumns({ data, rows: 20_000, cols: 1 });
  expect(Math.abs(center[0]! - 7)).toBeLessThan(0.12);
  expect(Math.abs(scale[0]! / 3 - 1)).toBeLessThan(0.04);
});

it('a far row moves neither middle nor scale by more than one row does', () => {
  const rows = Array.from({ length: 101 }, (_, n) => [n]);
  const far = [...rows.slice(0, 100), [1e12]];
  expect(robustColumns(matrix(far))).toEqual(robustColumns(matrix(rows)));
});

it('weights count as rows that came several times, and rows of weight 0 as none', () => {
  const rows = [[0], [1], [2], [5], [9], [1e9]];
  const weights = Float64Array.of(1, 3, 2, 4, 1, 0);
  const repeated = rows.flatMap((row, n) => Array.from({ length: weights[n]! }, () => row));
  expect(robustColumns(matrix(rows), weights)).toEqual(robustColumns(matrix(repeated)));
});

it('a column of few other values is as wide as all of its rows, and a constant one has scale 1', () => {
  const { scale } = robustColumns(matrix([...Array.from({ length: 99 }, () => [0, 4]), [10, 4]]));
  expect(scale[0]).toBeCloseTo(1, 12);
  expect(scale[1]).toBe(1);
});
