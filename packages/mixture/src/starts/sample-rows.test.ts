import type { Matrix } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { expect, it } from 'vitest';
import { sampleRows } from './sample-rows.ts';

const many: Matrix = { data: Float64Array.from({ length: 30_000 }, (_, n) => n), rows: 30_000, cols: 1 };

it('few rows are all taken, in their order and mapped into the space of the fit', () => {
  const data = dataset({ data: Float64Array.of(1, 3, 1, 3), rows: 4, cols: 1 }, { standardize: true });
  const sample = sampleRows(data, { components: 2, random: generator(key(0)) });
  expect([...sample.data]).toEqual([-1, 1, -1, 1]);
});

it('many rows give a sorted sample without repeats', () => {
  const { data, rows } = draw(null);
  expect(rows).toBe(20_000);
  expect(data.every((row, i) => i === 0 || row > data[i - 1]!)).toBe(true);
  expect(mean(data)).toBeGreaterThan(14_800);
  expect(mean(data)).toBeLessThan(15_200);
});

it('heavier rows are drawn more often, rows of weight 0 never', () => {
  const weights = Float64Array.from(many.data, (n) => (n % 10 === 0 ? 0 : n < 15_000 ? 100 : 1));
  const { data, rows } = draw(weights);
  expect(rows).toBe(20_000);
  expect(data.some((row) => row % 10 === 0)).toBe(false);
  // 13,500 heavy rows and 13,500 light ones: nearly all heavy ones come before 6,500 light ones fill the rest.
  expect(data.filter((row) => row < 15_000).length).toBeGreaterThan(13_300);
});

it('weights all scaled draw the same rows', () => {
  const weights = Float64Array.from(many.data, (n) => 1 + (n % 7));
  expect(draw(weights.map((w) => 4 * w)).data).toEqual(draw(weights).data);
});

it('wide rows and many components shrink the sample, though never below two rows a component', () => {
  const wide = dataset({ data: new Float64Array(400 * 10_000), rows: 400, cols: 10_000 });
  const sizes = [1, 100, 190].map((components) => {
    const random = generator(key(0));
    return sampleRows(wide, { components, random }).rows;
  });
  expect(sizes).toEqual([400, 200, 380]);
});

function draw(weights: Float64Array | null): Matrix {
  const data = dataset(many, weights === null ? {} : { weights });
  return sampleRows(data, { components: 2, random: generator(key(1)) });
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b) / values.length;
}
