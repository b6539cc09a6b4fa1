import { type Family, type Matrix, plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { bernoulli, faithful, gaussianFull, pointWeights } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { bernoulliLogits } from './coordinates/bernoulli.ts';
import { gaussianFullFactors } from './coordinates/gaussian-full.ts';
import { gradientMixture, readMixture } from './gradient-mixture.ts';
import { type GradientOfEvidence, gradientOfEvidence } from './testing-autodiff.ts';
import type { GradientMixtureConfig, GradientMixtureState } from './types.ts';

const config: GradientMixtureConfig = {
  family: gaussianFull,
  components: 2,
  start: 'k-means++',
  prior: null,
  floor: 1e-6,
  optimizer: 'adam',
  learningRate: 0.1,
  fraction: 1,
  totalWeight: 272,
  tolerance: 1e-8,
  window: 50,
};

/** A state a few steps after its start, away from every symmetry. */
function someState(own: GradientMixtureConfig, x: Matrix): GradientMixtureState {
  const algorithm = gradientMixture(own);
  const shard = openShard(dataset(x, { standardize: own.family.standardize }), 0, plain);
  let state = algorithm.init(key(4), shard.matrix());
  for (let step = 0; step < 4; step++) state = algorithm.update(state, algorithm.collect(state, shard)).state;
  return state;
}

function binaryRows(rows: number, width: number): Matrix {
  const random = generator(key(2));
  const data = Float64Array.from({ length: rows * width }, (_, i) => (random.uniform() < 0.2 + 0.1 * (i % 5) ? 1 : 0));
  return { data, rows, cols: width };
}

const cases: readonly { family: Family; x: Matrix; space: typeof gaussianFullFactors; oracle: GradientOfEvidence }[] = [
  { family: gaussianFull, x: faithful(), space: gaussianFullFactors, oracle: gradientOfEvidence.gaussian },
  { family: bernoulli, x: binaryRows(300, 7), space: bernoulliLogits, oracle: gradientOfEvidence.bernoulli },
];

describe.each(await availableBackends(['native', 'wasm']))('on the backend $name', (backend) => {
  test.each(cases)(
    'the gradient from the kernel’s write equals autodiff of the log-sum-exp: $family.spec.name',
    (each) => {
      const own = { ...config, family: each.family };
      const state = someState(own, each.x);
      const data = dataset(each.x, { standardize: each.family.standardize });
      const shard = openShard(data, 0, backend);
      const stats = gradientMixture(own).collect(state, shard);
      const ours = {
        logits: pointWeights().coordinates.gradient(state.coordinates.logits!, stats.counts),
        ...each.space.gradient(state.coordinates, stats, null),
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
  const byLogits = pointWeights().coordinates.gradient(state.coordinates.logits!, counts);
  counts.forEach((n, k) => {
    expect(n / x.rows - Math.exp(logWeights[k]!)).toBeCloseTo(byLogits[k]! / x.rows, 8);
  });

  const gradient = gaussianFullFactors.gradient(state.coordinates, { counts, sums }, null);
  em.means.forEach((m, i) => {
    const k = Math.floor(i / 2);
    const row = old.covariances.subarray(4 * k + 2 * (i % 2));
    const step = row[0]! * gradient.mean![2 * k]! + row[1]! * gradient.mean![2 * k + 1]!;
    expect(m - old.means[i]!).toBeCloseTo(step / counts[k]!, 8);
  });

  // ΔΣ = (2/N) Σ (∂ℓ/∂Σ) Σ is, through Σ⁻¹ = A Aᵀ, the same as ∂ℓ/∂A = −N tril(ΔΣ A).
  const atNewMean = gaussianFullFactors.gradient({ ...state.coordinates, mean: em.means }, { counts, sums }, null);
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

test('a minibatch is an unbiased estimate of counts, sums and evidence (2,000 steps, four standard errors)', () => {
  const x = faithful();
  const weights = Float64Array.from({ length: x.rows }, (_, n) => 0.5 + (n % 3));
  const data = dataset(x, { standardize: true, weights, shardRows: 128 });
  const state = someState(config, x);
  const whole = gradientMixture(config);
  const part = gradientMixture({ ...config, fraction: 0.1 });
  for (const index of [0, 2]) {
    const shard = openShard(data, index, plain);
    const flat = (algorithm: typeof whole, step: number): Float64Array => {
      const { counts, sums, logEvidence } = algorithm.collect({ ...state, step }, shard);
      return Float64Array.of(...counts, ...sums[0]!, logEvidence);
    };
    const exact = flat(whole, 0);
    const draws = Array.from({ length: 2000 }, (_, step) => flat(part, step));
    exact.forEach((value, i) => {
      const mean = draws.reduce((sum, d) => sum + d[i]!, 0) / draws.length;
      const variance = draws.reduce((sum, d) => sum + (d[i]! - mean) ** 2, 0) / (draws.length - 1);
      expect(variance).toBeGreaterThan(0);
      expect(Math.abs(mean - value)).toBeLessThan(4 * Math.sqrt(variance / draws.length));
    });
  }
});

test('a minibatch depends on key, step and shard alone', () => {
  const x = faithful();
  const part = gradientMixture({ ...config, fraction: 0.2 });
  const state = someState(config, x);
  const shard = openShard(dataset(x, { standardize: true }), 0, plain);
  expect(part.collect(state, shard)).toEqual(part.collect(structuredClone(state), shard));
  expect(part.collect({ ...state, step: 9 }, shard).counts).not.toEqual(part.collect(state, shard).counts);
});

test('the sum over shards is the whole: steps do not depend on how rows are cut', () => {
  const x = faithful();
  const algorithm = gradientMixture(config);
  const state = someState(config, x);
  const one = algorithm.collect(state, openShard(dataset(x, { standardize: true }), 0, plain));
  const cut = dataset(x, { standardize: true, shardRows: 50 });
  const parts = cut.cuts.slice(1).map((_, i) => algorithm.collect(state, openShard(cut, i, plain)));
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
  const stats = algorithm.collect(state, shard);
  const before = structuredClone({ state, stats });
  const next = algorithm.update(state, stats);
  expect({ state, stats }).toEqual(before);
  expect(algorithm.update(before.state, before.stats)).toEqual(next);
});
