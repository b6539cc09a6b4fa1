import type { Family } from '@mixtention/core';
import { isBinary } from '@mixtention/core/data';
import { bernoulli, gaussianFull, gaussianTied, MixtureModel, product, simpleFamilies } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';
import { sampleCompletions } from './sample-completions.ts';

const D = 3;
const K = 4;
const mixed = product([
  { family: bernoulli, columns: [1] },
  { family: gaussianTied, columns: [2, 0] },
]);

function modelOf(family: Family): MixtureModel {
  if (family !== mixed) return randomMixture(family, K, D, 5, isBinary(family, D) ? 0 : 40);
  const { logWeights, means, covariances } = randomMixture(gaussianTied, K, D, 6);
  for (let k = 0; k < K; k++) means.data[D * k + 1] = 0.15 + 0.2 * k;
  return new MixtureModel({ family, logWeights, params: family.fromDescription({ means, covariances }) });
}

/** Var of hidden column j given the others, by adding up whole densities over the values that it may take: no conditional of anybody's is used. */
function bySummation(model: MixtureModel, row: readonly number[], j: number, T: number) {
  const isBit = model.family.columns(D)[j]!.cells === 'binary';
  const at = model.means.data[j]!;
  const grid = isBit ? [0, 1] : Array.from({ length: 6001 }, (_, i) => at - 30 + 0.01 * i);
  const rows = grid.map((value) => row.map((cell, d) => (d === j ? value : cell)));
  const each = Array.from({ length: K }, (_, k) => {
    const params = model.family.select(model.params as never, [k]) as never;
    const alone = new MixtureModel({ family: model.family, logWeights: Float64Array.of(0), params });
    const p = alone.logDensity(rows).map((l) => Math.exp(l) * (isBit ? 1 : 0.01));
    const mass = p.reduce((a, b) => a + b, 0);
    const mean = p.reduce((sum, own, i) => sum + own * grid[i]!, 0) / mass;
    const variance = p.reduce((sum, own, i) => sum + own * (grid[i]! - mean) ** 2, 0) / mass;
    return { share: (Math.exp(model.logWeights[k]!) * mass) ** T, mean, variance };
  });
  const all = each.reduce((sum, { share }) => sum + share, 0);
  const mean = each.reduce((sum, own) => sum + (own.share / all) * own.mean, 0);
  return {
    mean,
    within: each.reduce((sum, own) => sum + (own.share / all) * own.variance, 0),
    between: each.reduce((sum, own) => sum + (own.share / all) * (own.mean - mean) ** 2, 0),
  };
}

describe.each([...Object.values(simpleFamilies), mixed])('$spec.name', (family) => {
  const model = modelOf(family);
  const rows = Array.from({ length: 3 }, (_, n) => [...model.sample(3, 9).x.data.subarray(n * D, (n + 1) * D)]);

  test.each([1, 0.4])('within and between are what sums over all values say, at T = %d', (T) => {
    for (let j = 0; j < D; j++) {
      const mask = [0, 1, 2].map((d) => d !== j);
      const { completed, variance } = complete(model, rows, mask, { variance: true, logitScale: T });
      rows.forEach((row, n) => {
        const due = bySummation(model, row, j, T);
        const cell = n * D + j;
        expect(completed.data[cell]).toBeCloseTo(due.mean, 7);
        expect(variance!.within.data[cell]).toBeCloseTo(due.within, 7);
        expect(variance!.between.data[cell]).toBeCloseTo(due.between, 7);
        expect(variance!.total.data[cell]).toBeCloseTo(due.within + due.between, 7);
      });
      const seen = variance!.total.data.filter((_, i) => i % D !== j);
      expect(seen.every((v) => v === 0)).toBe(true);
    }
  });

  test('draws have that mean and that variance', () => {
    const [first] = rows;
    const draws = 4000;
    const seen = [true, false, false];
    const all = sampleCompletions(model, [first!], seen, { draws, seed: 3 });
    const { completed, variance } = complete(model, [first!], seen, { variance: true });
    for (const j of [1, 2]) {
      const values = all.map(({ data }) => data[j]!);
      const mean = values.reduce((a, b) => a + b, 0) / draws;
      const spread = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / draws;
      const due = variance!.total.data[j]!;
      expect(Math.abs(mean - completed.data[j]!)).toBeLessThan(4 * Math.sqrt(due / draws));
      expect(Math.abs(spread / due - 1)).toBeLessThan(0.15);
      expect(all.every(({ data }) => data[0] === first![0])).toBe(true);
    }
  });
});

test('masks of its own for every row give the variances of each row alone, and responsibilities only where they were asked for', () => {
  const model = randomMixture(bernoulli, K, 6, 2);
  const { x } = model.sample(5, 1);
  const masks = Array.from({ length: 5 }, (_, n) => Array.from({ length: 6 }, (_, d) => (d + n) % 3 > 0));
  const { variance, responsibilities } = complete(model, x, masks, { variance: true });
  expect(responsibilities).toBeUndefined();
  masks.forEach((mask, n) => {
    const row = [...x.data.subarray(6 * n, 6 * n + 6)];
    const own = complete(model, [row], mask, { variance: true, responsibilities: true });
    expect(own.responsibilities!.cols).toBe(K);
    own.variance!.between.data.forEach((v, d) => {
      expect(variance!.between.data[6 * n + d]).toBeCloseTo(v, 13);
    });
  });
});

test('hidden cells of a Gaussian component are drawn together, as its conditional covariance says', () => {
  // Σ = [[2, 1, 0.5], [1, 3, 1], [0.5, 1, 1]]: given column 0, cov = [[3 − ½, 1 − ¼], [1 − ¼, 1 − ⅛]].
  const covariance = { data: Float64Array.of(2, 1, 0.5, 1, 3, 1, 0.5, 1, 1), rows: 3, cols: 3 };
  const means = { data: Float64Array.of(1, 2, 3), rows: 1, cols: 3 };
  const params = gaussianFull.fromDescription({ means, covariances: [covariance] });
  const model = new MixtureModel({ family: gaussianFull, logWeights: Float64Array.of(0), params });
  const draws = 8000;
  const all = sampleCompletions(model, [[5, 0, 0]], [true, false, false], { draws });
  const product = all.reduce((sum, { data }) => sum + (data[1]! - 4) * (data[2]! - 4), 0) / draws;
  expect(Math.abs(product - 0.75)).toBeLessThan(4 * Math.sqrt((2.5 * 0.875 + 0.75 ** 2) / draws));
});

test('the same seed gives the same draws, whatever rows stand beside, and another gives others', () => {
  const model = randomMixture(bernoulli, K, 30, 2);
  const rows = [Array(30).fill(1), Array(30).fill(0)];
  const mask = Array.from({ length: 30 }, (_, d) => d < 3);
  const two = sampleCompletions(model, rows, mask, { seed: 4, draws: 2 });
  const one = sampleCompletions(model, [rows[0]!], mask, { seed: 4, draws: 2 });
  expect(one[1]!.data).toEqual(two[1]!.data.slice(0, 30));
  expect(sampleCompletions(model, rows, mask, { seed: 5 })[0]!.data).not.toEqual(two[0]!.data);
});

test.each([
  [{ draws: 0 }, 'draws is 0, a whole number from 1 was due'],
  [{ seed: 0.5 }, 'seed is 0.5, a whole number was due'],
  [{ logitScale: 0 }, 'logitScale'],
])('%j is refused', (options, sentence) => {
  const model = randomMixture(bernoulli, 2, 2, 2);
  expect(() => sampleCompletions(model, [[1, 0]], [true, false], options)).toThrow(sentence);
});

describe.each([...Object.values(simpleFamilies), mixed])('$spec.name', (family) => {
  test.each([1, 0.4])(
    'what hidden cells make of responsibilities once they are known is Bayes once more, at T = %d',
    (T) => {
      const model = modelOf(family);
      const { x } = model.sample(4, 8);
      const masks = Array.from({ length: 4 }, (_, n) => [0, 1, 2].map((d) => (d + n) % 3 === 0));
      const own = complete(model, x, masks, { truth: x, responsibilities: true, logitScale: T });
      const alone = Array.from({ length: K }, (_, k) => {
        const params = model.family.select(model.params as never, [k]) as never;
        return new MixtureModel({ family: model.family, logWeights: Float64Array.of(0), params });
      });
      masks.forEach((mask, n) => {
        const row = [...x.data.subarray(n * D, n * D + D)];
        // log p(x_M | x_O, k) = log p(x | k) − log p(x_O | k), of each component by itself.
        const weights = alone.map((one, k) => {
          const hidden = complete(one, [row], mask, { truth: [row] }).jointLogProbability![0]!;
          return own.responsibilities!.data[n * K + k]! * Math.exp(hidden);
        });
        const all = weights.reduce((a, b) => a + b, 0);
        weights.forEach((weight, k) => {
          expect(own.informedResponsibilities!.data[n * K + k]).toBeCloseTo(weight / all, 9);
        });
      });
    },
  );
});
