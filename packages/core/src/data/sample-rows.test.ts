import { expect, it } from 'vitest';
import type { Matrix, Sample } from '../contracts/index.ts';
import { generator, key } from '../numeric/index.ts';
import { dataset } from './dataset.ts';
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

it('few weighted rows keep their weights, those of weight 0 are left out', () => {
  const data = dataset({ data: Float64Array.of(1, 2, 3), rows: 3, cols: 1 }, { weights: [2, 0, 0.5] });
  const sample = sampleRows(data, { components: 1, random: generator(key(0)) });
  expect([[...sample.data], [...sample.weights!]]).toEqual([
    [1, 3],
    [2, 0.5],
  ]);
});

it('rows are drawn in proportion to their weights and count as often as they were drawn', () => {
  const weights = Float64Array.from(many.data, (n) => (n % 10 === 0 ? 0 : n < 15_000 ? 100 : 1));
  const { data, weights: times } = draw(weights);
  expect(data.some((row) => row % 10 === 0)).toBe(false);
  expect(times!.reduce((a, b) => a + b, 0)).toBe(20_000);
  const light = Array.from(data).reduce((sum, row, i) => sum + (row < 15_000 ? 0 : times![i]!), 0);
  // 1 of 101 parts of the weight: 198 draws, one to a stratum.
  expect(Math.abs(light - 20_000 / 101)).toBeLessThanOrEqual(1);
});

it('a heavy row among light ones counts for what it weighs', () => {
  const weights = Float64Array.from(many.data, (n) => (n === 777 ? 30_000 : 1));
  const { data, weights: times } = draw(weights);
  expect(Math.abs(times![data.indexOf(777)]! - 10_000)).toBeLessThan(2);
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

function draw(weights: Float64Array | null): Sample {
  const data = dataset(many, weights === null ? {} : { weights });
  return sampleRows(data, { components: 2, random: generator(key(1)) });
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b) / values.length;
}
