import { type Matrix, plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { cholesky, freeOf, inverseFromCholesky, key } from '@mixtention/core/numeric';
import { faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { withBestAssignment } from './best-assignment.ts';
import { type Assigned, discreteBound } from './discrete-bound.ts';
import { expectedPrecision } from './expected-mixture.ts';
import type { MixtureGuide } from './guide.ts';
import type { MixturePrior } from './prior.ts';
import { assignExactly, someGuide } from './testing-guide.ts';

/** Free-form mean field of the same model. */
const FREE_FORM = -435.0934276803;

/** m = 0, β = 1, W = (N−1)/N · I, ν = 2, α = 1: W = I where columns are standardised by the sample deviation. */
const prior: MixturePrior = {
  concentration: 1,
  mean: new Float64Array(2),
  shrinkage: 1,
  degrees: 2,
  inverseScale: Float64Array.of(272 / 271, 0, 0, 272 / 271),
};

/** From the space of the fit to columns standardised by the sample deviation. */
const SHIFT = 272 * Math.log(272 / 271);

test('q(z) in closed form is the best there is: whatever else is nearby has a lower bound at the same draws', () => {
  const x = rows();
  const best = withBestAssignment(someGuide(3));
  const bound = (guide: MixtureGuide): number =>
    discreteBound({ guide, assigned: assignExactly(guide, x), prior }, key(1), 1000).mean;
  const most = bound(best);
  for (const [name, sign] of [
    ['assignment', 1],
    ['assignment', -1],
    ['assignmentBias', 1],
    ['assignmentBias', -1],
  ] as const) {
    for (let i = 0; i < best[name]!.length; i++) {
      const moved = best[name]!.map((v, j) => (i === j ? v + sign * 0.3 : v));
      expect(bound({ ...best, [name]: moved })).toBeLessThan(most);
    }
  }
});

test('the best bound of this guide on Old Faithful is −435.194, by coordinate ascent in closed form', () => {
  const x = rows();
  let guide = withBestAssignment(someGuide(3));
  for (let round = 0; round < 200; round++) guide = withBestAssignment(ascended(guide, assignExactly(guide, x)));
  const { mean, standardError } = discreteBound({ guide, assigned: assignExactly(guide, x), prior }, key(1), 30_000);
  expect(standardError).toBeLessThan(0.004);
  expect(Math.abs(mean + SHIFT + 435.194)).toBeLessThan(4 * standardError);
  expect(mean + SHIFT).toBeLessThan(FREE_FORM);
});

function rows(): Matrix {
  return openShard(dataset(faithful(), { standardize: true }), 0, plain).matrix();
}

/** The best q(π), and for each component the best q(μ) and q(Λ), one after another. */
function ascended(guide: MixtureGuide, assigned: Assigned): MixtureGuide {
  const next = Object.fromEntries(Object.entries(guide).map(([name, array]) => [name, array.slice()])) as MixtureGuide;
  const [first, second] = [assigned.counts[0]! + 1, assigned.counts[1]! + 1];
  [next.weight[0], next.weightLogScale[0]] = bestLogit(first, first + second, guide.weight[0]!);
  for (const k of [0, 1]) {
    const count = assigned.counts[k]!;
    const sums = assigned.sums.subarray(6 * k, 6 * k + 6);
    // q(μ): N(s/(N + β), (E[Λ] (N + β))⁻¹)
    const mean = [0, 1].map((d) => sums[d]! / (count + 1));
    const precision = expectedPrecision(next, k, 2).map((v) => v * (count + 1));
    cholesky(precision, 2, precision);
    const covariance = inverseFromCholesky(precision, 2);
    next.mean.set(mean, 2 * k);
    const L = new Float64Array(4);
    cholesky(covariance, 2, L);
    next.meanFactor.set(freeOf(L, 2), 4 * k);
    // E[Σ r (x − μ)(x − μ)ᵀ + β μ μᵀ] + W⁻¹
    const C = [0, 1, 2, 3].map((i) => {
      const [a, b] = [Math.floor(i / 2), i % 2];
      const scatter = sums[2 + i]! - sums[a]! * mean[b]! - mean[a]! * sums[b]! + (count + 1) * mean[a]! * mean[b]!;
      return scatter + (count + 1) * covariance[i]! + prior.inverseScale[i]!;
    }) as [number, number, number, number];
    const [first, second] = [bestDiagonal(C[0], C[1] ** 2 / C[3], count + 3), bestDiagonal(C[3], 0, count + 2)];
    const corner = Math.exp(first.mean + first.variance / 2);
    next.factor.set([first.mean, 0, (-C[1] / C[3]) * corner, second.mean], 4 * k);
    next.factorLogScale.set(
      [Math.log(first.variance) / 2, 0, -Math.log(C[3]) / 2, Math.log(second.variance) / 2],
      4 * k,
    );
  }
  return next;
}

/** log A_jj ~ N(m, s²) where −½ (c E[A²] − b E[A]²) + n m + log s is greatest. */
function bestDiagonal(c: number, b: number, n: number): { readonly mean: number; readonly variance: number } {
  let variance = 0.5 / n;
  for (let i = 0; i < 50; i++) variance = (c * Math.exp(variance) - b) / (n * (2 * c * Math.exp(variance) - b));
  return { mean: (Math.log(n / (c * Math.exp(variance) - b)) - variance) / 2, variance };
}

/** w ~ N(m, s²) where n m − N E[log(1 + eʷ)] + log s is greatest: m and log s. */
function bestLogit(n: number, total: number, start: number): [mean: number, logScale: number] {
  let [mean, variance] = [start, 1 / total];
  for (let i = 0; i < 100; i++) {
    const [sigmoid, slope] = [expected(mean, variance, (p) => p), expected(mean, variance, (p) => p * (1 - p))];
    mean += (n / total - sigmoid) / slope;
    variance = 1 / (total * slope);
  }
  return [mean, Math.log(variance) / 2];
}

/** `E[f(σ(w))]`, w ~ N(m, v), by the trapezoidal rule over eight deviations to either side. */
function expected(mean: number, variance: number, f: (p: number) => number): number {
  let [sum, weight] = [0, 0];
  for (let z = -8; z <= 8; z += 0.05) {
    const w = Math.exp(-0.5 * z * z);
    sum += w * f(1 / (1 + Math.exp(-mean - Math.sqrt(variance) * z)));
    weight += w;
  }
  return sum / weight;
}
