import { generator, key, lower } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { discreteBound } from './discrete-bound.ts';
import { drawNoise } from './draw-noise.ts';
import { expectedPrecision } from './expected-mixture.ts';
import { guideAround } from './guide-around.ts';
import { assignExactly, someGuide, someRows, standardPrior } from './testing-guide.ts';

test('the standard error shrinks with the root of the draws, and estimates of other keys agree within it', () => {
  const guide = someGuide(3);
  const input = { guide, assigned: assignExactly(guide, someRows(60)), prior: standardPrior };
  const few = discreteBound(input, key(1), 400);
  const many = discreteBound(input, key(2), 40_000);
  expect(few.standardError / many.standardError).toBeGreaterThan(8);
  expect(few.standardError / many.standardError).toBeLessThan(12);
  expect(Math.abs(few.mean - many.mean)).toBeLessThan(4 * few.standardError);
});

test('the bound of a poor guide lies below the bound of a good one, and both below the exact evidence at K = 1', () => {
  // One component: the evidence of a normal–Wishart model is known in closed form, compact form of the reference at r = 1.
  const x = someRows(272);
  const guide = guideAround({ logWeights: Float64Array.of(0), params: spreadOf(x) }, x.rows);
  const assigned = assignExactly(guide, x);
  const good = discreteBound({ guide, assigned, prior: standardPrior }, key(1), 20_000);
  const poor = discreteBound(
    { guide: { ...guide, mean: Float64Array.of(0.3, -0.2) }, assigned, prior: standardPrior },
    key(1),
    20_000,
  );
  const evidence = normalWishartEvidence(assigned.sums, x.rows);
  expect(poor.mean).toBeLessThan(good.mean - 4 * poor.standardError);
  expect(good.mean).toBeLessThan(evidence);
  expect(good.mean).toBeGreaterThan(evidence - 2);
});

test('the expected precision of a guide is the mean over its draws (four standard errors)', () => {
  const guide = someGuide(4);
  const random = generator(key(9));
  const draws = 20_000;
  const sums = new Float64Array(4);
  const squares = new Float64Array(4);
  for (let s = 0; s < draws; s++) {
    const { factor } = drawNoise(random, 1, 2, 2);
    const A = lower(
      guide.factor.slice(4).map((f, i) => f + Math.exp(guide.factorLogScale[4 + i]!) * factor[4 + i]!),
      2,
    );
    const precision = [A[0]! ** 2, A[0]! * A[2]!, A[0]! * A[2]!, A[2]! ** 2 + A[3]! ** 2];
    precision.forEach((p, i) => {
      sums[i]! += p / draws;
      squares[i]! += (p * p) / draws;
    });
  }
  expectedPrecision(guide, 1, 2).forEach((p, i) => {
    const error = Math.sqrt((squares[i]! - sums[i]! ** 2) / draws);
    expect(Math.abs(p - sums[i]!)).toBeLessThan(4 * error);
  });
});

function spreadOf(x: { data: ArrayLike<number>; rows: number }): {
  width: number;
  means: Float64Array;
  covariances: Float64Array;
} {
  let cross = 0;
  for (let n = 0; n < x.rows; n++) cross += (x.data[2 * n]! * x.data[2 * n + 1]!) / x.rows;
  return { width: 2, means: new Float64Array(2), covariances: Float64Array.of(1, cross, cross, 1) };
}

/** log p(X) for D = 2, m = 0, β = 1, W = I, ν = 2, written out: a ratio of normal–Wishart normalizers. */
function normalWishartEvidence(sums: Float64Array, N: number): number {
  const [beta, nu] = [1 + N, 2 + N];
  const W = [0, 1, 2, 3].map((i) => {
    const [a, b] = [Math.floor(i / 2), i % 2];
    return (a === b ? 1 : 0) + sums[2 + i]! - (sums[a]! * sums[b]!) / beta;
  });
  const logDet = Math.log(W[0]! * W[3]! - W[1]! * W[2]!);
  // Γ_2(a) = √π Γ(a) Γ(a − ½), and Γ(a) Γ(a − ½) = 2^{2−2a} √π Γ(2a − 1); Γ_2 at ν/2 is π 2^{2−ν} (ν − 2)!
  let logGammaRatio = -N * Math.LN2;
  for (let i = 1; i <= N; i++) logGammaRatio += Math.log(i);
  return -Math.log(beta) - (nu / 2) * logDet + N * Math.LN2 + logGammaRatio - N * Math.log(2 * Math.PI);
}
