import type { Float64Rows } from '@mixtention/attention/learn';
import { key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { expect, test } from 'vitest';
import { rowNats } from './bernoulli-nats.ts';
import { pixelRows } from './joint-recipe.ts';
import { rowModel } from './row-model.ts';
import { scoreImages } from './score-images.ts';

const sizes = { length: 3, pixels: 2, width: 4, heads: 2, blocks: 1, hidden: 5 };
const PIXELS = sizes.length * sizes.pixels;
const model = rowModel(sizes);
const parameters = Object.fromEntries(
  Object.entries(model.init(key(4))).map(([name, own]) => [name, own.map((w, i) => w + 0.3 * Math.cos(3 * i))]),
);

/** All images of the size. */
const all = {
  data: Float64Array.from({ length: PIXELS * 2 ** PIXELS }, (_, i) => (Math.floor(i / PIXELS) >> (i % PIXELS)) & 1),
  rows: 2 ** PIXELS,
  cols: PIXELS,
};
const numbers = Array.from({ length: all.rows }, (_, n) => n);

/** Nats of each row of each image. */
function natsOf(images: typeof all): Float64Array {
  const rows = pixelRows(images, numbers, sizes.pixels);
  return rowNats(model.apply(parameters, rows).output, rows);
}

test('the probabilities of all images sum to 1, and those of all lower rows given the same upper ones too', () => {
  const nats = natsOf(all);
  const sums = new Map<string, number>();
  numbers.forEach((n) => {
    const [first, second, third] = nats.subarray(3 * n, 3 * n + 3);
    const seen = all.data.subarray(PIXELS * n, PIXELS * n + 2).join();
    sums.set('all', (sums.get('all') ?? 0) + Math.exp(-first! - second! - third!));
    sums.set(seen, (sums.get(seen) ?? 0) + Math.exp(-second! - third!));
  });
  expect(sums.size).toBe(5);
  for (const sum of sums.values()) expect(sum).toBeCloseTo(1, 12);
});

test('the way back is that of differences', () => {
  const rows = pixelRows(all, [5, 38], sizes.pixels);
  const { output, pullback } = model.apply(parameters, rows);
  const upstream: Float64Rows = { ...output, data: output.data.map((_, i) => Math.sin(i + 1)) };
  const { parameters: told, input } = pullback(upstream);
  const loss = (): number =>
    model.apply(parameters, rows).output.data.reduce((sum, own, i) => sum + own * upstream.data[i]!, 0);
  const slope = (at: Float64Array, i: number): number => {
    const [value, step] = [at[i]!, 1e-5];
    const [up, down] = [step, -step].map((by) => {
      at[i] = value + by;
      return loss();
    });
    at[i] = value;
    return (up! - down!) / (2 * step);
  };
  for (const [name, own] of Object.entries(parameters))
    for (let i = 0; i < own.length; i += 7) expect(told[name]![i]).toBeCloseTo(slope(own, i), 6);
  for (let i = 0; i < rows.data.length; i++) expect(input.data[i]).toBeCloseTo(slope(rows.data, i), 6);
});

test.each((await availableBackends()).filter(({ tf }) => tf !== null))(
  'images are scored by ops of $name as by plain float64',
  ({ tf }) => {
    const { nats, lowerNats } = scoreImages(model, parameters, all, { ...sizes, tf: tf as never });
    const due = natsOf(all);
    numbers.forEach((n) => {
      const [first, second, third] = due.subarray(3 * n, 3 * n + 3);
      expect(nats[n]).toBeCloseTo(first! + second! + third!, 4);
      expect(lowerNats[n]).toBeCloseTo(third!, 4);
    });
  },
);
