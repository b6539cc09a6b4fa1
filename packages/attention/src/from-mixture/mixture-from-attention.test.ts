import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveCompletion } from '../testing/naive-mixture.ts';
import { attentionFromMixture } from './attention-from-mixture.ts';
import { type Gauge, mixtureFromAttention } from './mixture-from-attention.ts';

const K = 7;
const d = 4;
const random = draws(110);
const keys = random.normal(K, d, 2);
const queries = random.normal(30, d, 2);
const bias = random.normal(1, K).data;
const columns = [...Array(d).keys()];

const gauges: { title: string; gauge: Gauge }[] = [
  { title: 'the paper gauge', gauge: 'paper' },
  { title: 'another variance', gauge: { precision: 2 } },
  { title: 'another variance and shift', gauge: { precision: 0.3, shift: [1, -2, 0.5, 3] } },
];

describe.each(gauges)('attention as a mixture in $title', ({ gauge }) => {
  test.each([undefined, 1, 0.2])('has the responsibilities of the head at scale %s', (scale) => {
    const { model } = mixtureFromAttention(keys, bias, { scale, gauge });
    const head = attend(queries, keys, null, { bias, scale, responsibilities: true });
    const naive = Array.from({ length: 30 }, (_, n) =>
      naiveCompletion(model, queries.data.subarray(n * d, (n + 1) * d), columns, []),
    );
    expect(
      difference(
        naive.flatMap((row) => row.responsibilities),
        head.responsibilities!.data,
      ),
    ).toBeLessThan(1e-11);
  });

  test('turns the evidence of the head into the density of the query', () => {
    const { model, logDensity } = mixtureFromAttention(keys, bias, { gauge });
    const { logEvidence } = attend(queries, keys, null, { bias });
    const naive = Array.from(
      { length: 30 },
      (_, n) => naiveCompletion(model, queries.data.subarray(n * d, (n + 1) * d), columns, []).logEvidence,
    );
    expect(difference(logDensity(queries, logEvidence), naive)).toBeLessThan(1e-11);
  });

  test('comes back as attention with the same responsibilities', () => {
    const { model } = mixtureFromAttention(keys, bias, { gauge });
    const back = attentionFromMixture(model);
    const there = attend(queries, keys, null, { bias, responsibilities: true });
    const again = attend(back.query(queries), back.keys, null, {
      bias: back.bias,
      scale: back.scale,
      responsibilities: true,
    });
    expect(difference(again.responsibilities!.data, there.responsibilities!.data)).toBeLessThan(1e-11);
  });
});

test('in the paper gauge means are the keys, the variance is √d, and longer keys are likelier', () => {
  const { model } = mixtureFromAttention(keys);
  expect(difference(model.means.data, keys.data)).toBeLessThan(1e-15);
  expect(model.covariances![0]!.data[0]).toBeCloseTo(Math.sqrt(d), 14);
  const lengths = [...Array(K).keys()].map((k) =>
    keys.data.subarray(k * d, (k + 1) * d).reduce((sum, x) => sum + x * x, 0),
  );
  const byLength = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]!);
  const byWeight = [...lengths.keys()].sort((a, b) => model.weights[a]! - model.weights[b]!);
  expect(byLength).toEqual(byWeight);
});

test('one vector added to all keys moves no responsibility', () => {
  const moved = { ...keys, data: keys.data.map((x, i) => x + [5, -3, 2, 1][i % d]!) };
  const before = attend(queries, keys, null, { bias, responsibilities: true });
  const after = attend(queries, moved, null, { bias, responsibilities: true });
  expect(difference(after.responsibilities!.data, before.responsibilities!.data)).toBeLessThan(1e-12);
});

test('mistakes are named in one sentence', () => {
  expect(() => mixtureFromAttention(keys, [1])).toThrow('[attention] mixtureFromAttention: 1 bias came with 7 keys');
  expect(() => mixtureFromAttention(keys, null, { scale: 0 })).toThrow(/scale is 0, a positive number was due/);
  expect(() => mixtureFromAttention(keys, null, { gauge: { precision: 1, shift: [1] } })).toThrow(
    /shift holds 1 number,/,
  );
  expect(() => mixtureFromAttention(keys, null, { gauge: 'papre' as 'paper' })).toThrow(/the gauge is papre/);
  expect(() => mixtureFromAttention(keys, new Array(K).fill(Number.NEGATIVE_INFINITY))).toThrow(/no component is left/);
  expect(() => mixtureFromAttention(keys).logDensity(queries, [1])).toThrow(/1 evidence came with 30 queries/);
});
