import type { Family, Matrix, RandomSource } from '@mixtention/core';
import { generator, key, split } from '@mixtention/core/numeric';
import { chiSquareLimit, chiSquareOf } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { gaussianDiagonal } from '../families/index.ts';
import { faithful } from '../problems/faithful.ts';
import { kMeansCenters, kMeansPlusPlus, randomRows, startMixture } from './index.ts';

const stream = (...labels: (string | number)[]): RandomSource => generator(split(key(0), ...labels));
const matrixOf = (...rows: number[][]): Matrix => ({
  data: Float64Array.from(rows.flat()),
  rows: rows.length,
  cols: rows[0]!.length,
});
const textOf = (m: Matrix): string[] =>
  Array.from({ length: m.rows }, (_, k) => m.data.subarray(k * m.cols, (k + 1) * m.cols).join());

describe.each([
  ['randomRows', randomRows],
  ['kMeansPlusPlus', kMeansPlusPlus],
] as const)('%s', (name, choose) => {
  it('gives K distinct rows of the sample, the same for the same key', () => {
    const sample = faithful();
    const all = new Set(textOf(sample));
    const centers = choose(sample, 20, stream(name));
    expect([centers.rows, centers.cols]).toEqual([20, 2]);
    expect(textOf(centers).every((row) => all.has(row))).toBe(true);
    expect(new Set(textOf(centers)).size).toBe(20);
    expect(choose(sample, 20, stream(name))).toEqual(centers);
  });

  it('finds every distinct row, and repeats them in turn when K is more', () => {
    const sample = matrixOf([1, 1], [0, 2], [1, 1], [1, 1], [0, 2], [1, 1]);
    const centers = textOf(choose(sample, 5, stream(name, 'few')));
    expect(centers.slice(0, 2).sort()).toEqual(['0,2', '1,1']);
    expect(centers.slice(2)).toEqual([centers[0], centers[1], centers[0]]);
  });

  it('takes rows of 0 and 1 in float32', () => {
    const sample = { data: Float32Array.of(0, 1, 1, 0, 0, 0, 1, 1), rows: 4, cols: 2 };
    expect(new Set(textOf(choose(sample, 4, stream(name, 'binary')))).size).toBe(4);
  });

  it('refuses a number of components that is none', () => {
    expect(() => choose(faithful(), 0, stream())).toThrow('components is 0, a whole number from 1 was due');
    expect(() => choose(faithful(), 1.5, stream())).toThrow('components is 1.5');
  });
});

it('randomRows draws every row equally often', () => {
  const sample = matrixOf([0], [1], [2], [3], [4]);
  const counts = new Float64Array(5);
  for (let i = 0; i < 2000; i++) for (const row of randomRows(sample, 2, stream('even', i)).data) counts[row]!++;
  // Two of five without replacement: counts vary less than independent ones, so the limit errs on the safe side.
  expect(chiSquareOf(counts)).toBeLessThan(chiSquareLimit(4));
});

it('kMeansPlusPlus draws its second row in proportion to the squared distance, and keeps the best of two', () => {
  const sample = matrixOf([0], [1], [3]);
  // From 0 the candidates are 1 (probability 1/10) and 3 (9/10); a pair is worse only if both are 1: 1 leaves 4, 3 leaves 1.
  let ones = 0;
  let starts = 0;
  for (let i = 0; i < 20_000; i++) {
    const [first, second] = kMeansPlusPlus(sample, 2, stream('greedy', i)).data;
    if (first !== 0) continue;
    starts++;
    if (second === 1) ones++;
  }
  const expected = 0.01 * starts;
  expect(Math.abs(ones - expected)).toBeLessThan(4 * Math.sqrt(expected));
});

it('starts measure distance where the family embeds its rows: angles on the circle, not on the line', () => {
  const circle: Family = {
    ...gaussianDiagonal,
    embed: ({ data, rows }) => ({
      data: Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? Math.sin : Math.cos)(data[i >> 1]!)),
      rows,
      cols: 2,
    }),
  };
  const angles = [-3.1, -3.05, 3.05, 3.1, -0.1, 0, 0.1];
  const sample = matrixOf(...angles.map((a) => [a]));
  const isApart = (family: Family, seed: number): boolean => {
    const { params } = startMixture({ family, components: 2, start: 'k-means++' }, key(seed), sample);
    const [a, b] = (params as { means: Float64Array }).means;
    return Math.abs(a!) < 1 !== Math.abs(b!) < 1;
  };
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  expect(seeds.every((seed) => isApart(circle, seed))).toBe(true);
  expect(seeds.every((seed) => isApart(gaussianDiagonal, seed))).toBe(false);
  // k-means centres are means of their rows on the line, of the groups on the circle.
  const { params } = startMixture({ family: circle, components: 2, start: 'k-means' }, key(1), sample);
  for (const mean of (params as { means: Float64Array }).means) expect(Math.abs(mean)).toBeLessThan(1e-12);
});

it('kMeansPlusPlus packs rows of 0 and 1 without a change: the same rows as at half the scale', () => {
  const random = stream('bits');
  const data = Float64Array.from({ length: 60 * 70 }, () => random.integer(2));
  const whole = kMeansPlusPlus({ data, rows: 60, cols: 70 }, 8, stream('packed'));
  const halves = kMeansPlusPlus({ data: data.map((x) => x / 2), rows: 60, cols: 70 }, 8, stream('packed'));
  expect(halves.data.map((x) => 2 * x)).toEqual(whole.data);
});

describe('kMeansCenters', () => {
  it('never raises J, and stops when the labels repeat', () => {
    const { data, labels, costs } = kMeansCenters(faithful(), 5, stream('lloyd'));
    for (let i = 1; i < costs.length; i++) expect(costs[i]!).toBeLessThanOrEqual(costs[i - 1]!);
    const { rows, data: x } = faithful();
    for (let n = 0; n < rows; n++) {
      const squares = Array.from(
        { length: 5 },
        (_, k) => (x[2 * n]! - data[2 * k]!) ** 2 + (x[2 * n + 1]! - data[2 * k + 1]!) ** 2,
      );
      expect(squares[labels[n]!]).toBe(Math.min(...squares));
    }
  });

  it('has every centre at the mean of its rows', () => {
    const { data: x } = faithful();
    const { data, labels } = kMeansCenters(faithful(), 4, stream('means'));
    for (let k = 0; k < 4; k++) {
      const own = Array.from(labels.keys()).filter((n) => labels[n] === k);
      expect(data[2 * k]).toBeCloseTo(own.reduce((sum, n) => sum + x[2 * n]!, 0) / own.length, 12);
    }
  });

  it('finds two clear groups with the centres that are known', () => {
    const sample = matrixOf([1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]);
    const { labels, costs, ...centers } = kMeansCenters(sample, 2, stream('groups'));
    expect(textOf(centers).sort()).toEqual(['1,2', '10,2']);
    expect(new Set([...labels].map((k, n) => `${n < 3}${k}`)).size).toBe(2);
    expect(costs.at(-1)).toBe(16);
  });

  it('gives surplus centres no row when there are fewer distinct rows than components', () => {
    const { labels, costs } = kMeansCenters(matrixOf([1], [2], [1], [2]), 4, stream('surplus'));
    expect(new Set(labels).size).toBe(2);
    expect(costs.at(-1)).toBe(0);
  });
});

describe('weights', () => {
  const methods = { randomRows, kMeansPlusPlus, kMeansCenters };

  it.each(Object.entries(methods))('%s never takes a row of weight 0', (name, choose) => {
    const sample = matrixOf([0], [1], [2], [3], [1000]);
    const weights = Float64Array.of(1, 1, 1, 1, 0);
    for (let i = 0; i < 200; i++) expect(Math.max(...choose(sample, 3, stream(name, i), weights).data)).toBeLessThan(4);
  });

  it('randomRows draws rows in proportion to their weights', () => {
    const counts = new Float64Array(3);
    for (let i = 0; i < 3000; i++)
      counts[randomRows(matrixOf([0], [1], [2]), 1, stream('heavy', i), Float64Array.of(1, 2, 3)).data[0]!]!++;
    expect(chiSquareOf(counts, [1 / 6, 2 / 6, 3 / 6])).toBeLessThan(chiSquareLimit(2));
  });

  it('kMeansPlusPlus draws its first row by weight and its second by weight times squared distance', () => {
    const sample = matrixOf([0], [1], [3]);
    const weights = Float64Array.of(2, 9, 1);
    const firsts = new Float64Array(3);
    let [ones, starts] = [0, 0];
    for (let i = 0; i < 20_000; i++) {
      const [first, second] = kMeansPlusPlus(sample, 2, stream('massive', i), weights).data;
      firsts[[0, 1, 3].indexOf(first!)]!++;
      if (first !== 0) continue;
      starts++;
      // From 0 the candidates 1 and 3 have mass 9 each; 1 leaves 1 · 4, 3 leaves 9 · 1: the pair (1, 3) in either order keeps 1.
      if (second === 1) ones++;
    }
    expect(chiSquareOf(firsts, [2 / 12, 9 / 12, 1 / 12])).toBeLessThan(chiSquareLimit(2));
    expect(chiSquareOf([ones, starts - ones], [3 / 4, 1 / 4])).toBeLessThan(chiSquareLimit(1));
  });

  it('kMeansCenters leaves a far row of little weight to the nearest of two heavy groups', () => {
    const sample = matrixOf([1], [1], [5], [5], [100]);
    const { data, costs } = kMeansCenters(
      sample,
      2,
      stream('heavy groups'),
      Float64Array.of(4000, 4000, 4000, 4000, 1),
    );
    expect(Math.min(...data)).toBe(1);
    expect(Math.max(...data)).toBeCloseTo(5 + 95 / 8001, 12);
    // A centre of its own for the far row costs 64,000.
    expect(costs.at(-1)).toBeCloseTo((8000 / 8001) * 95 ** 2, 9);
  });
});
