import { type Matrix, MixtentionError, type Reading } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveAttention } from '../testing/naive-attention.ts';
import { attend } from './attend.ts';
import type { AttendOptions } from './types.ts';

const HIDDEN = Number.NEGATIVE_INFINITY;
const N = 37;
const K = 23;
const d = 5;

const random = draws(1);
const q = random.normal(N, d, 2);
const k = random.normal(K, d, 2);
const v = random.normal(K, 3);
const perKey = random.normal(K, 1).data;
const perPair = random.normal(N, K);
const seenKeys = random.bits(K, 0.6);
const seenPairs = random.bits(N * K, 0.6);
const reversed = Array.from({ length: K }, (_, j) => K - 1 - j);
const asMatrix = (data: ArrayLike<number>): Matrix => ({ data: Float64Array.from(data), rows: N, cols: K });
const asRows = (m: Matrix): number[][] =>
  Array.from({ length: m.rows }, (_, n) => [...m.data.subarray(n * m.cols, (n + 1) * m.cols)]);

type Case = { title: string; options: AttendOptions; scale?: number; prior: (n: number, k: number) => number };

const cases: Case[] = [
  { title: 'no prior', options: {}, prior: () => 0 },
  { title: 'a scale', options: { scale: 1 }, scale: 1, prior: () => 0 },
  { title: 'a bias per key', options: { bias: perKey }, prior: (_, j) => perKey[j]! },
  { title: 'a bias per key as numbers', options: { bias: [...perKey] }, prior: (_, j) => perKey[j]! },
  { title: 'a bias per pair', options: { bias: perPair }, prior: (n, j) => perPair.data[n * K + j]! },
  { title: 'a bias per pair as rows', options: { bias: asRows(perPair) }, prior: (n, j) => perPair.data[n * K + j]! },
  {
    title: 'a generated bias',
    options: { bias: (n, j) => -0.3 * Math.abs(n - j) },
    prior: (n, j) => -0.3 * Math.abs(n - j),
  },
  { title: 'a mask per key', options: { mask: seenKeys }, prior: (_, j) => (seenKeys[j] ? 0 : HIDDEN) },
  {
    title: 'a mask per key as booleans',
    options: { mask: [...seenKeys].map(Boolean) },
    prior: (_, j) => (seenKeys[j] ? 0 : HIDDEN),
  },
  { title: 'a mask per pair', options: { mask: seenPairs }, prior: (n, j) => (seenPairs[n * K + j] ? 0 : HIDDEN) },
  {
    title: 'a mask per pair as a matrix',
    options: { mask: { data: seenPairs, rows: N, cols: K } },
    prior: (n, j) => (seenPairs[n * K + j] ? 0 : HIDDEN),
  },
  {
    title: 'a mask per pair as rows of booleans',
    options: { mask: asRows(asMatrix(seenPairs)).map((row) => row.map(Boolean)) },
    prior: (n, j) => (seenPairs[n * K + j] ? 0 : HIDDEN),
  },
  {
    title: 'a generated mask',
    options: { mask: (n, j) => (n + j) % 3 > 0 },
    prior: (n, j) => ((n + j) % 3 > 0 ? 0 : HIDDEN),
  },
  { title: 'a causal mask', options: { mask: 'causal' }, prior: (n, j) => (j <= n + K - N ? 0 : HIDDEN) },
  {
    title: 'a window, of queries that stand between keys',
    options: { positions: { window: 2.5, queries: Float64Array.from({ length: N }, (_, n) => n + 0.25) } },
    prior: (n, j) => (Math.abs(n + 0.25 - j) <= 2.5 ? 0 : HIDDEN),
  },
  {
    title: 'a causal window with slopes, of keys in any order, beside a mask and a bias',
    options: { positions: { causal: true, window: 4, alibi: 0.5, keys: reversed }, bias: perKey, mask: seenKeys },
    prior: (n, j) => {
      const back = n + K - N - reversed[j]!;
      return seenKeys[j] && back >= 0 && back <= 4 ? perKey[j]! - 0.5 * back : HIDDEN;
    },
  },
  {
    title: 'biases and masks together',
    options: { bias: perPair, mask: seenKeys },
    prior: (n, j) => (seenKeys[j] ? perPair.data[n * K + j]! : HIDDEN),
  },
  {
    title: 'bias per key that holds −∞ with a causal mask',
    options: { bias: perKey.map((b, j) => (j === 0 ? HIDDEN : b)), mask: 'causal' },
    prior: (n, j) => (j > 0 && j <= n + K - N ? perKey[j]! : HIDDEN),
  },
];

describe.each(await backends())('attend on $backend.name', ({ backend, tolerance }) => {
  test.each(cases)('with $title equals the naive double loop', ({ options, scale = 1 / Math.sqrt(d), prior }) => {
    const naive = naiveAttention(q, k, v, scale, prior);
    const ours = attend(q, k, v, { ...options, backend, responsibilities: true });
    expect(difference(ours.output.data, naive.output)).toBeLessThan(tolerance);
    expect(difference(ours.logEvidence, naive.logEvidence)).toBeLessThan(tolerance);
    expect(difference(ours.responsibilities!.data, naive.responsibilities)).toBeLessThan(tolerance);
  });

  test.each(cases)('with $title and a logit scale equals the naive double loop', ({ options, scale, prior }) => {
    for (const T of [0.1, 2.5]) {
      const scaled = (n: number, j: number): number => (prior(n, j) === HIDDEN ? HIDDEN : T * prior(n, j));
      const naive = naiveAttention(q, k, v, T * (scale ?? 1 / Math.sqrt(d)), scaled);
      const ours = attend(q, k, v, { ...options, backend, responsibilities: true, logitScale: T });
      expect(difference(ours.output.data, naive.output)).toBeLessThan(tolerance);
      expect(difference(ours.logEvidence, naive.logEvidence)).toBeLessThan(tolerance);
      expect(difference(ours.responsibilities!.data, naive.responsibilities)).toBeLessThan(tolerance);
    }
  });

  test('a query that may see nothing gives output 0 and evidence −∞, and its neighbours are untouched', () => {
    const mask = (n: number): boolean => n !== 2;
    const { output, logEvidence, responsibilities, labels } = attend(q, k, v, {
      mask,
      backend,
      responsibilities: true,
      labels: true,
    });
    expect([...output.data.subarray(6, 9)]).toEqual([0, 0, 0]);
    expect(logEvidence[2]).toBe(Number.NEGATIVE_INFINITY);
    expect(responsibilities!.data.subarray(2 * K, 3 * K).every((r) => r === 0)).toBe(true);
    expect(labels![2]).toBe(-1);
    const free = attend(q, k, v, { backend });
    expect(difference(output.data.subarray(9), free.output.data.subarray(9))).toBeLessThan(tolerance);
  });

  test('any tiling of queries gives the same numbers', () => {
    const many = draws(2).normal(5000, d);
    const keys = draws(3).normal(40, d);
    const values = draws(4).normal(40, 2);
    const whole = attend(many, keys, values, { backend });
    for (const size of [1, 777, 4096]) {
      const from = 5000 - size;
      const part = attend({ data: many.data.subarray(from * d), rows: size, cols: d }, keys, values, { backend });
      expect(difference(part.output.data, whole.output.data.subarray(from * 2))).toBeLessThan(tolerance);
      expect(difference(part.logEvidence, whole.logEvidence.subarray(from))).toBeLessThan(tolerance);
    }
  });

  test('tiles of keys merge by their evidence: outputs weighted by exp L', () => {
    const half = 11;
    const whole = attend(q, k, v, { backend });
    const cuts: [number, number][] = [
      [0, half],
      [half, K],
    ];
    const parts = cuts.map(([from, to]) => attend(q, slice(k, from, to), slice(v, from, to), { backend }));
    const L = parts[0]!.logEvidence.map((l, n) => l + Math.log1p(Math.exp(parts[1]!.logEvidence[n]! - l)));
    const share = (part: Reading, n: number): number => Math.exp(part.logEvidence[n]! - L[n]!);
    const output = whole.output.data.map((_, i) =>
      parts.reduce((sum, p) => sum + share(p, Math.floor(i / 3)) * p.output.data[i]!, 0),
    );
    expect(difference(L, whole.logEvidence)).toBeLessThan(tolerance);
    expect(difference(output, whole.output.data)).toBeLessThan(tolerance);
  });

  test('keys in another order give the same output, and responsibilities in that order', () => {
    const order = Array.from({ length: K }, (_, j) => (7 * j + 3) % K);
    const pick = (m: Matrix): Matrix => ({
      ...m,
      data: Float64Array.from(order.flatMap((j) => [...m.data.subarray(j * m.cols, (j + 1) * m.cols)])),
    });
    const ours = attend(q, k, v, { bias: perKey, backend, responsibilities: true });
    const moved = attend(q, pick(k), pick(v), { bias: order.map((j) => perKey[j]!), backend, responsibilities: true });
    expect(difference(moved.output.data, ours.output.data)).toBeLessThan(tolerance);
    expect(difference(moved.logEvidence, ours.logEvidence)).toBeLessThan(tolerance);
    const expected = Float64Array.from(
      { length: N * K },
      (_, i) => ours.responsibilities!.data[Math.floor(i / K) * K + order[i % K]!]!,
    );
    expect(difference(moved.responsibilities!.data, expected)).toBeLessThan(tolerance);
  });

  test('a constant on every score moves the evidence by itself and nothing else', () => {
    const ours = attend(q, k, v, { bias: perKey, backend });
    const moved = attend(q, k, v, { bias: perKey.map((b) => b + 7), backend });
    expect(difference(moved.output.data, ours.output.data)).toBeLessThan(tolerance);
    expect(
      difference(
        moved.logEvidence,
        ours.logEvidence.map((l) => l + 7),
      ),
    ).toBeLessThan(tolerance);
  });

  test('a large scale looks up the value of the most probable visible key', () => {
    const { output, labels } = attend(q, k, v, { scale: 1e6, mask: seenKeys, backend, labels: true });
    const best = attend(q, k, null, { scale: 1, mask: seenKeys, labels: true }).labels!;
    expect([...labels!]).toEqual([...best]);
    const lookup = Float64Array.from({ length: N * 3 }, (_, i) => v.data[best[Math.floor(i / 3)]! * 3 + (i % 3)]!);
    expect(difference(output.data, lookup)).toBeLessThan(tolerance);
  });

  test('a scale of 0, to which a logit scale tends, gives the plain mean of the visible values', () => {
    const { output } = attend(q, k, v, { scale: 0, mask: seenKeys, backend });
    const seen = [...seenKeys.keys()].filter((j) => seenKeys[j]);
    const mean = Float64Array.from(
      { length: N * 3 },
      (_, i) => seen.reduce((sum, j) => sum + v.data[j * 3 + (i % 3)]!, 0) / seen.length,
    );
    expect(difference(output.data, mean)).toBeLessThan(tolerance);
  });
});

describe('attend at its edge', () => {
  const small: [Matrix, Matrix, Matrix] = [random.normal(2, 2), random.normal(3, 2), random.normal(3, 1)];
  const refused = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof MixtentionError) return error.message;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  test('without values only evidence and responsibilities come back', () => {
    const { output, logEvidence } = attend(small[0], small[1], null);
    expect(output.cols).toBe(0);
    expect(logEvidence).toHaveLength(2);
  });

  test('a mask as bytes for one query means keys', () => {
    const one = attend([[1, 2]], small[1], small[2], { mask: Uint8Array.of(0, 1, 0) });
    expect(one.output.data[0]).toBe(small[2].data[1]);
  });

  test('mistakes are named in one sentence', () => {
    const [a, b, c] = small;
    expect(refused(() => attend([[1, 2, 3]], b, c))).toBe(
      '[attention] attend: the queries have 3 columns, the keys have 2; both need the same width',
    );
    expect(refused(() => attend(a, b, [[1]]))).toBe('[attention] attend: 1 value came with 3 keys; each key needs one');
    expect(refused(() => attend(a, b, c, { bias: [1, 2] }))).toMatch(/2 numbers, one for each of 3 keys was due/);
    expect(refused(() => attend(a, b, c, { bias: [[1, 2, 3]] }))).toMatch(/bias has shape \[1, 3\], \[2, 3\]/);
    expect(refused(() => attend(a, b, c, { bias: [0, Number.NaN, 0] }))).toMatch(/bias of key 1 .* is NaN/);
    expect(refused(() => attend(a, b, c, { bias: () => Number.POSITIVE_INFINITY }))).toMatch(
      /query 0, key 0 .* is Infinity/,
    );
    expect(refused(() => attend(a, b, c, { mask: [true] }))).toMatch(/mask holds 1 value,/);
    expect(refused(() => attend(a, b, c, { mask: 'causa' as 'causal' }))).toMatch(/"causa"/);
    expect(refused(() => attend(a, b, c, { scale: Number.NaN }))).toMatch(/scale is NaN/);
    for (const logitScale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1' as unknown as number]) {
      expect(refused(() => attend(a, b, c, { logitScale }))).toMatch(
        /logitScale is .*, a finite number above 0 was due/,
      );
    }
    expect(refused(() => attend(a, b, c, { logitScale: 1e308, scale: 1e10 }))).toMatch(/too large to be numbers/);
    expect(refused(() => attend(a, b, c, { maks: 'causal' } as AttendOptions))).toMatch(/did you mean "mask"/);
    expect(refused(() => attend([[Number.NaN, 1]], b, c))).toMatch(/row 0, column 0/);
  });
});

function slice(m: Matrix, from: number, to: number): Matrix {
  return { data: m.data.subarray(from * m.cols, to * m.cols), rows: to - from, cols: m.cols };
}
