import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveLayer } from '../testing/naive-layer.ts';
import { selfAttention } from './self-attention.ts';

const random = draws(30);
const N = 9;
const D = 6;
const x = random.normal(N, D);
const weights = {
  query: random.normal(D, 8),
  key: random.normal(D, 8),
  value: random.normal(D, 4),
  output: random.normal(4, D),
};
const eye = Array.from({ length: D }, (_, i) => Array.from({ length: D }, (_, j) => (i === j ? 1 : 0)));
const identity = { query: eye, key: eye, value: eye, output: eye };

describe.each(await backends())('self-attention on $backend.name', ({ backend, tolerance }) => {
  test('equals the naive layer', () => {
    const { output } = selfAttention(x, weights, { heads: 2, backend });
    expect(
      difference(
        output.data,
        naiveLayer(x, x, x, weights, 2, () => true),
      ),
    ).toBeLessThan(tolerance);
  });

  test('with causal masks equals the naive layer', () => {
    const { output } = selfAttention(x, weights, { heads: 2, causal: true, backend });
    expect(
      difference(
        output.data,
        naiveLayer(x, x, x, weights, 2, (n, j) => j <= n),
      ),
    ).toBeLessThan(tolerance);
  });

  test('is a Gaussian mixture with one component a token, of which a causal mask takes the prior of later tokens', () => {
    // Paper gauge: means are the tokens, covariance √D·I, prior ∝ exp(‖x‖²/2√D) over the tokens in sight, 0 over the others.
    const variance = Math.sqrt(D);
    const { heads } = selfAttention(x, identity, { heads: 1, causal: true, backend, responsibilities: true });
    const expected = new Float64Array(N * N);
    for (let n = 0; n < N; n++) {
      const joint = Array.from({ length: N }, (_, j) =>
        j > n ? 0 : Math.exp(square(j) / (2 * variance)) * Math.exp(-distance(n, j) / (2 * variance)),
      );
      const total = joint.reduce((a, b) => a + b, 0);
      for (let j = 0; j < N; j++) expected[n * N + j] = joint[j]! / total;
    }
    expect(difference(heads[0]!.responsibilities!.data, expected)).toBeLessThan(tolerance);
  });

  test('a token taken out of its own evidence: L falls by −log(1 − r_nn)', () => {
    const { heads } = selfAttention(x, identity, { heads: 1, backend, responsibilities: true });
    const others = selfAttention(x, identity, { heads: 1, mask: (n, j) => n !== j, backend });
    const expected = heads[0]!.logEvidence.map((l, n) => l + Math.log1p(-heads[0]!.responsibilities!.data[n * N + n]!));
    expect(difference(others.heads[0]!.logEvidence, expected)).toBeLessThan(10 * tolerance);
  });
});

test('what comes later does not reach back through a causal mask', () => {
  const changed = { ...x, data: x.data.slice() };
  for (let d = 0; d < D; d++) changed.data[(N - 1) * D + d] = 100;
  const before = selfAttention(x, weights, { heads: 2, causal: true }).output.data.subarray(0, (N - 1) * D);
  const after = selfAttention(changed, weights, { heads: 2, causal: true }).output.data.subarray(0, (N - 1) * D);
  expect(after).toEqual(before);
});

test('causal and mask exclude each other', () => {
  expect(() => selfAttention(x, weights, { heads: 2, causal: true, mask: 'causal' })).toThrow(
    /causal and mask came together/,
  );
});

function square(j: number): number {
  return x.data.subarray(j * D, (j + 1) * D).reduce((sum, a) => sum + a * a, 0);
}

function distance(n: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) sum += (x.data[n * D + d]! - x.data[j * D + d]!) ** 2;
  return sum;
}
