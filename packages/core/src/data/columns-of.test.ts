import { expect, it } from 'vitest';
import { matrix } from '../base/matrix.ts';
import { generator, key } from '../numeric/index.ts';
import { dataset } from './dataset.ts';

const normals = (rows: number): number[][] => {
  const random = generator(key(3));
  return Array.from({ length: rows }, () => [5 + 2 * random.normal()]);
};

it('ordinary columns are centred and scaled by mean and deviation, to the last bit', () => {
  const { columns, transform } = dataset(matrix(normals(500)), { standardize: true });
  expect(transform).toEqual({ center: columns.mean, scale: columns.deviation });
});

it('a far row changes neither middle nor unit of its column by more than a row may', () => {
  const rows = normals(500);
  const { transform: near } = dataset(matrix(rows), { standardize: true });
  const { columns, transform } = dataset(matrix([...rows, [4000]]), { standardize: true });
  expect(columns.deviation[0]).toBeGreaterThan(100);
  expect(Math.abs(transform.center[0]! - near.center[0]!)).toBeLessThan(0.3);
  expect(transform.scale[0]! / near.scale[0]!).toBeCloseTo(1, 1);
});

it('however far a row lies, the unit is no less than a thousandth of the deviation', () => {
  const { columns, transform } = dataset(matrix([...normals(500), [1e30]]), { standardize: true });
  expect(transform.scale[0]! / columns.deviation[0]!).toBeCloseTo(1e-3, 12);
});

it('columns of a few values have their deviation, however many rows hold one of them', () => {
  const rows = Array.from({ length: 100 }, (_, n) => [n % 10 === 0 ? 1 : 0]);
  const { columns, transform } = dataset(matrix(rows), { standardize: true });
  expect(transform.scale).toEqual(columns.deviation);
});
