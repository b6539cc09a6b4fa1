import { digamma, logBeta } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { betaDivergence, betaLogs } from './beta-logs.ts';

/** g(a) + g(b) − g(a + b) with g(x) = x ψ(x) − log Γ(x) − x, by mpmath to fifty digits. */
const OWN = [
  [1e-6, 2.5, -14.815511783857792],
  [0.1, 0.1, -4.008304489801405],
  [1.1, 1e8, -1.5162579986923448],
  [9.99, 120, -0.324908118193947],
  [30, 5e3, 0.2731137787518081],
  [5e3, 1e8, 2.8395997297950974],
  [1e8, 1e8, 7.444828245991538],
] as const;

test.each(OWN)('logarithms and divergence of Beta(%d, %d) keep their digits', (a, b, due) => {
  const posterior = { width: 1, a: Float64Array.of(a), b: Float64Array.of(b) };
  const { logits, yes, no, own } = betaLogs(posterior);
  const near = (value: number, right: number): void =>
    expect(Math.abs(value - right)).toBeLessThanOrEqual(1e-14 * (40 + Math.abs(right)));
  near(own[0]!, due);
  near(logits[0]!, digamma(a) - digamma(b));
  near(yes[0]!, digamma(a) - digamma(a + b));
  near(no[0]!, digamma(b) - digamma(a + b));
  near(betaDivergence(posterior, { a: 1.5, b: 0.5 })[0]!, due + logBeta(1.5, 0.5) - 1.5 * yes[0]! - 0.5 * no[0]!);
});

test('cells of a component are added up, and a posterior that is the prior diverges by nothing', () => {
  const posterior = { width: 2, a: Float64Array.of(3, 4, 0.2, 0.2), b: Float64Array.of(5, 600, 7, 7) };
  const { own } = betaLogs(posterior);
  const single = (i: number): number =>
    betaLogs({ width: 1, a: posterior.a.subarray(i, i + 1), b: posterior.b.subarray(i, i + 1) }).own[0]!;
  expect(own[0]).toBeCloseTo(single(0) + single(1), 13);
  expect(betaDivergence(posterior, { a: 0.2, b: 7 })[1]).toBeCloseTo(0, 13);
});
