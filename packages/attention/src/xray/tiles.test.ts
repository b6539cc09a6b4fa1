import { expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { xray } from './xray.ts';

/** More cells than are held at once: rows are read in two tiles. */
const N = 2100;
const random = draws(75);
const x = random.normal(N, 2);
const v = random.normal(N, 1);
const hidden = (n: number, k: number): boolean => (n * 7 + k) % 11 === 0 && n !== k;

test.each([
  ['causal', { mask: 'causal' as const, bias: (n: number, k: number) => 0.001 * (n - k) }],
  [
    'hidden by a function',
    { mask: (n: number, k: number) => !hidden(n, k), bias: Array.from({ length: N }, (_, k) => Math.sin(k)) },
  ],
])('queries of all tiles see what they may, where keys are %s', (_, prior) => {
  const read = xray({ q: x, k: x, v, ...prior, scale: 1 }, { gauge: false }).heads[0]!;
  const { output, logEvidence } = attend(x, x, v, { ...prior, scale: 1 });
  expect(difference(read.evidence!.logEvidence, logEvidence)).toBeLessThan(1e-11);
  for (const n of [0, 1, 1996, 1997, N - 1]) {
    const bias = (key: number): number => (typeof prior.bias === 'function' ? prior.bias(n, key) : prior.bias[key]!);
    const sees = (key: number): boolean => (prior.mask === 'causal' ? key <= n : prior.mask(n, key));
    const one = attend({ data: x.data.subarray(2 * n, 2 * n + 2), rows: 1, cols: 2 }, x, null, {
      bias: (_query, key) => (sees(key) ? bias(key) : Number.NEGATIVE_INFINITY),
      scale: 1,
      responsibilities: true,
    }).responsibilities!.data;
    const entropy = Array.from(one).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
    expect(read.perQuery.entropy[n]).toBeCloseTo(entropy, 9);
    const variance = Array.from(one).reduce((sum, p, k) => sum + p * (v.data[k]! - output.data[n]!) ** 2, 0);
    expect(read.outputVariance![n]).toBeCloseTo(variance, 9);
    const others = Array.from(one).reduce((sum, p, k) => (k === n ? sum : sum + p), 0);
    if (n > 0) expect(read.evidence!.leaveOneOut![n]).toBeCloseTo(logEvidence[n]! + Math.log(others), 9);
  }
  expect(read.usage.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  expect(read.absent.merge).toBe(
    '2,100 queries × 2,100 keys are too many to try every two keys; mergeKeys tells of any two',
  );
});
