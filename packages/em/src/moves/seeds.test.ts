import { plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { gaussianDiagonal, gaussianTied, pointWeights } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { batch } from '../batch/batch.ts';
import { readSample } from './sample-reading.ts';
import { growSeeds } from './seeds.ts';

const random = generator(key(4));
/** Four rows in five around 0, the fifth around (5, 5); of the same law in its first half and in its second. */
const rows = 400;
const x = {
  data: Float64Array.from({ length: 2 * rows }, (_, i) => random.normal() + (Math.floor(i / 2) % 5 === 4 ? 5 : 0)),
  rows,
  cols: 2,
};
const growth = { key: key(1), count: 6, sizes: [3, 0.1], steps: [4, 6] };

/** One component that has all rows, and a sample that proposals are made of. */
function now(family: typeof gaussianDiagonal | typeof gaussianTied, sample: typeof x) {
  const algorithm = batch({
    family,
    components: 1,
    start: 'random',
    prior: null,
    weights: pointWeights(),
    floor: 1e-6,
  });
  const shard = openShard(dataset(x), 0, plain);
  const begun = algorithm.init(key(0), x);
  const inner = algorithm.update(begun, { sum: algorithm.collect(begun, shard), parts: null }).state;
  const scores = algorithm.scores(inner);
  const stats = algorithm.collect(inner, shard);
  return { algorithm, now: { inner, scores, stats, reading: readSample(sample, scores) } };
}

test('a seed gains what the evidence changes by when its component stands beside the mixture, in naive loops', () => {
  const { algorithm, now: from } = now(gaussianDiagonal, x);
  const [best] = growSeeds(algorithm, from, { ...growth, sample: x });
  const { share, gain, from: made } = best!;
  const n = made.counts[0]!;
  expect(share).toBeCloseTo(n / rows, 12);
  // Statistics of a diagonal Gaussian are x and x².
  const sums = [0, 1].map((t) => Array.from(made.sums[t] ?? made.sums[0]!.subarray(2 * t, 2 * t + 2)));
  const [first, second] = sums as [number[], number[]];
  const logDensity = (row: number): number => {
    let sum = -Math.log(2 * Math.PI);
    for (let d = 0; d < 2; d++) {
      const mean = first[d]! / n;
      const variance = second[d]! / n - mean ** 2;
      sum -= 0.5 * Math.log(variance) + (x.data[2 * row + d]! - mean) ** 2 / (2 * variance);
    }
    return sum;
  };
  let due = 0;
  for (let row = 0; row < rows; row++) {
    const old = from.reading.evidence[row]!;
    due += Math.log((1 - share) * Math.exp(old) + share * Math.exp(logDensity(row))) - old;
  }
  expect(gain / due).toBeCloseTo(1, 5);
});

test('under one covariance for all, a seed grows on half of the rows as it does on all of them: each stands for two', () => {
  const half = { data: x.data.subarray(0, rows), rows: rows / 2, cols: 2 };
  const [whole, part] = [x, half].map((sample) => {
    const { algorithm, now: from } = now(gaussianTied, sample);
    return growSeeds(algorithm, from, { ...growth, sample })[0];
  });
  expect(part!.share / whole!.share).toBeGreaterThan(0.8);
  expect(part!.share / whole!.share).toBeLessThan(1.25);
  expect(part!.gain / whole!.gain).toBeGreaterThan(0.8);
  expect(part!.gain / whole!.gain).toBeLessThan(1.25);
});
