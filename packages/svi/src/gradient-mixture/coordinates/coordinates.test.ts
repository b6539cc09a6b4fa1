import { type Family, type Matrix, plain, type RandomSource, type Tree } from '@mixtention/core';
import { dataset, meanStatistics, openShard } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import { dirichlet, pointWeights, simpleFamilies } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { coordinatesOf } from './index.ts';

const K = 3;
const D = 3;
const own = dirichlet(2.5);
const names = ['bernoulli', 'gaussian-diagonal', 'gaussian-full', 'gaussian-spherical', 'gaussian-tied'];

function rowsFor(family: Family, random: RandomSource): Matrix {
  const cell = family.spec.name === 'bernoulli' ? () => (random.uniform() < 0.4 ? 1 : 0) : () => random.normal();
  return { data: Float64Array.from({ length: 40 * D }, cell), rows: 40, cols: D };
}

/** Coordinates of the family around 0, apart from each other. */
function anywhere(family: Family, random: RandomSource): Arrays {
  const centers = { data: Float64Array.from({ length: K * D }, () => random.uniform()), rows: K, cols: D };
  const own = coordinatesOf(family.spec.name).from(family.startAt(centers, spreadStatistics(family)));
  const logits = Float64Array.from({ length: K }, () => random.normal());
  const moved = Object.entries(own).map(([name, a]) => [name, jitter(name, a, random)]);
  return { logits, ...Object.fromEntries(moved) };
}

/** Mean statistics of columns with mean 0 and variance 1.5 that do not correlate. */
function spreadStatistics(family: Family): Float64Array[] {
  const root = Math.sqrt(1.5);
  const data = Float64Array.from({ length: D * 2 ** D }, (_, i) => (Math.floor(i / D) & (1 << (i % D)) ? root : -root));
  return meanStatistics(family.terms(D), { data, rows: 2 ** D, cols: D });
}

/** What lies above diagonals stays 0. */
function jitter(name: string, array: Float64Array, random: RandomSource): Float64Array {
  const isAbove = (i: number): boolean => name === 'factor' && i % D > Math.floor(i / D) % D;
  return array.map((v, i) => (isAbove(i) ? 0 : v + 0.3 * random.normal()));
}

type Setting = { readonly family: Family; readonly x: Matrix; readonly prior: Tree | null };

function written(
  { family, x }: Setting,
  at: Arrays,
): { counts: Float64Array; sums: readonly Float64Array[]; logEvidence: number } {
  const shard = openShard(dataset(x), 0, plain);
  const params = coordinatesOf(family.spec.name).to(at, K);
  return shard.write(family.scores(params, own.coordinates.to(at.logits!)));
}

function objective(setting: Setting, at: Arrays): number {
  const { family, prior } = setting;
  const { logEvidence } = written(setting, at);
  if (prior === null) return logEvidence;
  const logPrior = family.prior.logDensity(prior, coordinatesOf(family.spec.name).to(at, K));
  return logEvidence + logPrior + own.logDensity(own.coordinates.to(at.logits!));
}

function gradientOf(setting: Setting, at: Arrays): Arrays {
  const { family, prior } = setting;
  const sums = written(setting, at);
  const weights = prior === null ? pointWeights() : own;
  const logits = weights.coordinates.gradient(at.logits!, sums.counts);
  return { logits, ...coordinatesOf(family.spec.name).gradient(at, sums, prior) };
}

function expectFiniteDifferences(setting: Setting, at: Arrays): void {
  const gradient = gradientOf(setting, at);
  const size = Math.max(...Object.values(gradient).map((g) => Math.max(...g.map(Math.abs))));
  const step = 1e-5;
  for (const [name, array] of Object.entries(at)) {
    array.forEach((value, i) => {
      const moved = (by: number): number => objective(setting, { ...at, [name]: array.with(i, value + by) });
      const difference = (moved(step) - moved(-step)) / (2 * step);
      expect(Math.abs(gradient[name]![i]! - difference) / size, `${name}[${i}]`).toBeLessThan(1e-6);
    });
  }
}

describe.each(names)('free coordinates of %s', (name) => {
  const family = simpleFamilies[name]!;
  const random = generator(key(names.indexOf(name)));
  const x = rowsFor(family, random);
  const at = anywhere(family, random);

  test('the gradient of the log-likelihood equals finite differences', () => {
    expectFiniteDifferences({ family, x, prior: null }, at);
  });

  test('the gradient of the log posterior equals finite differences', () => {
    expectFiniteDifferences({ family, x, prior: family.prior.weak(D, meanStatistics(family.terms(D), x)) }, at);
  });

  test('parameters come back from their coordinates', () => {
    const space = coordinatesOf(name);
    const { logits, ...own } = at;
    const again = space.from(space.to(own, K));
    for (const [array, values] of Object.entries(own)) {
      values.forEach((v, i) => {
        expect(again[array]![i]).toBeCloseTo(v, 9);
      });
    }
  });

  test('coordinates within the floor stay as they are, those below it are lifted to it and reported', () => {
    const space = coordinatesOf(name);
    const { logits, ...own } = at;
    expect(space.bound(own, K, 1e-6)).toEqual({ coordinates: own, degenerate: [] });
    const factor = own.factor ?? own.logFactor;
    if (factor === undefined) return;
    const narrow = space.bound({ ...own, [own.factor ? 'factor' : 'logFactor']: factor.with(0, 20) }, K, 1e-4);
    expect(narrow.degenerate).toContain(0);
    expect((narrow.coordinates.factor ?? narrow.coordinates.logFactor)![0]).toBeCloseTo(Math.log(100), 12);
  });
});

test('a family without free coordinates is refused by name', () => {
  expect(() => coordinatesOf('poisson')).toThrow(/family "poisson" has no free coordinates/);
});
