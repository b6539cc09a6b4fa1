import { type Collected, type Family, inline, type Matrix, plain } from '@mixtention/core';
import { dataset, openShard, scalingsOf } from '@mixtention/core/data';
import { generator, key, split } from '@mixtention/core/numeric';
import { availableTensorBackends } from '@mixtention/core/testing';
import { bernoulli, faithful, gaussianFull, pointWeights } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { gradientMixture, readMixture } from './gradient-mixture.ts';
import { type GradientOfEvidence, gradientOfEvidence } from './testing-autodiff.ts';
import type { GradientMixtureConfig, GradientMixtureState, GradientMixtureStats } from './types.ts';
import { scaledUp } from './write-stats.ts';

const config: GradientMixtureConfig = {
  family: gaussianFull,
  components: 2,
  start: 'k-means++',
  prior: null,
  floor: 1e-6,
  optimizer: 'adam',
  learningRate: 0.1,
  batches: 1,
  rows: 272,
  totalWeight: 272,
  tolerance: 1e-8,
  window: 50,
};

/** A state a few steps after its start, away from every symmetry. */
function someState(own: GradientMixtureConfig, x: Matrix): GradientMixtureState {
  const algorithm = gradientMixture(own);
  const shard = openShard(dataset(x, { standardize: scalingsOf(own.family, x.cols) }), 0, plain);
  let state = algorithm.init(key(4), shard.matrix());
  for (let step = 0; step < 4; step++) {
    const sum = algorithm.collect(readMixture(own, state), shard);
    state = algorithm.update(state, { sum, parts: null }).state;
  }
  return state;
}

function binaryRows(rows: number, width: number): Matrix {
  const random = generator(key(2));
  const data = Float64Array.from({ length: rows * width }, (_, i) => (random.uniform() < 0.2 + 0.1 * (i % 5) ? 1 : 0));
  return { data, rows, cols: width };
}

const cases: readonly { family: Family; x: Matrix; oracle: GradientOfEvidence }[] = [
  { family: gaussianFull, x: faithful(), oracle: gradientOfEvidence.gaussian },
  { family: bernoulli, x: binaryRows(300, 7), oracle: gradientOfEvidence.bernoulli },
];

describe.each(await availableTensorBackends())('on the backend $name', (backend) => {
  test.each(cases)(
    'the gradient from the kernel’s write equals autodiff of the log-sum-exp: $family.spec.name',
    (each) => {
      const own = { ...config, family: each.family };
      const state = someState(own, each.x);
      const data = dataset(each.x, { standardize: scalingsOf(each.family, each.x.cols) });
      const shard = openShard(data, 0, backend);
      const stats = gradientMixture(own).collect(readMixture(own, state), shard);
      const ours = {
        logits: pointWeights().coordinates!.gradient(state.coordinates.logits!, stats.counts),
        ...each.family.coordinates!.gradient(state.coordinates, stats, null),
      };
      const theirs = each.oracle(backend, shard.matrix(), state.coordinates);
      shard.release();
      expect(Object.keys(theirs).sort()).toEqual(Object.keys(ours).sort());
      const size = Math.max(...Object.values(ours).flatMap((g) => [...g.map(Math.abs)]));
      for (const [name, gradient] of Object.entries(ours)) {
        gradient.forEach((v, i) => {
          expect(Math.abs(v - theirs[name]![i]!) / size, `${name}[${i}]`).toBeLessThan(2e-5);
        });
      }
    },
  );
});

test('one step of EM is the gradient times P: (diag π − ππᵀ)/N, Σ_k/N_k, (2/N_k) Σ_k ⊗ Σ_k at the new mean', () => {
  const x = faithful();
  const state = someState(config, x);
  const { params, logWeights } = readMixture(config, state);
  const shard = openShard(dataset(x, { standardize: true }), 0, plain);
  const { counts, sums } = shard.write(gaussianFull.scores(params as never, logWeights));
  const old = params as { width: number; means: Float64Array; covariances: Float64Array };
  const { params: em } = gaussianFull.estimate(counts, sums, old, 1e-6);

  // (diag π − ππᵀ) ∂ℓ/∂π is the gradient by logits.
  const byLogits = pointWeights().coordinates!.gradient(state.coordinates.logits!, counts);
  counts.forEach((n, k) => {
    expect(n / x.rows - Math.exp(logWeights[k]!)).toBeCloseTo(byLogits[k]! / x.rows, 8);
  });

  const gradient = gaussianFull.coordinates!.gradient(state.coordinates, { counts, sums }, null);
  em.means.forEach((m, i) => {
    const k = Math.floor(i / 2);
    const row = old.covariances.subarray(4 * k + 2 * (i % 2));
    const step = row[0]! * gradient.mean![2 * k]! + row[1]! * gradient.mean![2 * k + 1]!;
    expect(m - old.means[i]!).toBeCloseTo(step / counts[k]!, 8);
  });

  // ΔΣ = (2/N) Σ (∂ℓ/∂Σ) Σ is, through Σ⁻¹ = A Aᵀ, the same as ∂ℓ/∂A = −N tril(ΔΣ A).
  const atNewMean = gaussianFull.coordinates!.gradient(
    { ...state.coordinates, mean: em.means },
    { counts, sums },
    null,
  );
  for (const k of [0, 1]) {
    const change = em.covariances.subarray(4 * k, 4 * k + 4).map((s, i) => s - old.covariances[4 * k + i]!);
    const [l0, , a10, l1] = state.coordinates.factor!.subarray(4 * k, 4 * k + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const [a00, a11] = [Math.exp(l0), Math.exp(l1)];
    const n = counts[k]!;
    const expected = [
      -n * (change[0]! * a00 + change[1]! * a10) * a00,
      0,
      -n * (change[2]! * a00 + change[3]! * a10),
      -n * change[3]! * a11 * a11,
    ];
    expected.forEach((e, i) => {
      expect(atNewMean.factor![4 * k + i]! / n).toBeCloseTo(e / n, 8);
    });
  }
});

test('a minibatch is scaled up to all rows, and over an epoch its counts, sums and evidence are exact', async () => {
  const x = faithful();
  const weights = Float64Array.from({ length: x.rows }, (_, n) => 0.5 + (n % 3));
  const data = dataset(x, { standardize: true, weights, shardRows: 128 });
  const state = someState(config, x);
  const executor = inline();
  const collect = async (batches: number, step: number): Promise<Float64Array> => {
    const algorithm = gradientMixture({ ...config, batches });
    const ask = algorithm.ask({ ...state, step }, { precision: 'float64', cuts: data.cuts });
    const { sum } = (await executor.collect(algorithm, ask, data)) as Collected<GradientMixtureStats>;
    const { counts, sums, logEvidence, rows, weight } = scaledUp(sum!, x.rows);
    return Float64Array.of(...counts, ...sums[0]!, logEvidence, rows, weight);
  };
  const whole = await collect(1, 0);
  expect((await collect(16, 3)).at(-2)).toBe(x.rows);
  for (const epoch of [0, 3]) {
    const all = await Promise.all(Array.from({ length: 16 }, (_, i) => collect(16, 16 * epoch + i)));
    // Of 128, 128 and 16 rows every part has 17: means of equal parts are those of the whole.
    whole.forEach((value, i) => {
      expect(all.reduce((sum, part) => sum + part[i]!, 0) / 16).toBeCloseTo(value, 9);
    });
  }
});

test('a minibatch depends on key, step and shards alone', () => {
  const algorithm = gradientMixture({ ...config, batches: 5 });
  const state = someState(config, faithful());
  const rows = (step: number): unknown =>
    algorithm.ask({ ...state, step }, { precision: 'float64', cuts: [0, 9, 12] }).rows;
  expect(rows(7)).toEqual(rows(7));
  expect(rows(7)).toEqual([0, 1].map((shard) => ({ shard, part: 2, of: 5, shuffle: split(state.key, 'epoch', 1) })));
  expect(rows(9)).not.toEqual(rows(4));
});

test('the sum over shards is the whole: steps do not depend on how rows are cut', () => {
  const x = faithful();
  const algorithm = gradientMixture(config);
  const state = someState(config, x);
  const mixture = readMixture(config, state);
  const one = algorithm.collect(mixture, openShard(dataset(x, { standardize: true }), 0, plain));
  const cut = dataset(x, { standardize: true, shardRows: 50 });
  const parts = cut.cuts.slice(1).map((_, i) => algorithm.collect(mixture, openShard(cut, i, plain)));
  one.sums[0]!.forEach((s, i) => {
    expect(parts.reduce((sum, p) => sum + p.sums[0]![i]!, 0)).toBeCloseTo(s, 9);
  });
  expect(parts.reduce((sum, p) => sum + p.weight, 0)).toBe(one.weight);
});

test('states are plain data, and neither state nor statistics are written to', () => {
  const x = faithful();
  const algorithm = gradientMixture(config);
  const state = someState(config, x);
  const shard = openShard(dataset(x, { standardize: true }), 0, plain);
  const stats = algorithm.collect(readMixture(config, state), shard);
  const before = structuredClone({ state, stats });
  const next = algorithm.update(state, { sum: stats, parts: null });
  expect({ state, stats }).toEqual(before);
  expect(algorithm.update(before.state, { sum: before.stats, parts: null })).toEqual(next);
});
