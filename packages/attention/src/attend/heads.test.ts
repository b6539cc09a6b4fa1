import { expect, test } from 'vitest';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { attend } from './attend.ts';
import { append } from './key-value-cache.ts';

const [N, K, d, V] = [7, 7, 4, 2];
const random = draws(61);
const q = random.normal(N, d);
const k = random.normal(K, d);
const v = random.normal(K, V);

test('heads come as lists of matrices, nested lists, one array with its shape, and give what each gives alone', () => {
  const other = random.normal(N, d);
  const due = [attend(q, k, v), attend(other, k, v)];
  const rows = (m: typeof q): number[][] =>
    Array.from({ length: m.rows }, (_, n) => [...m.data.subarray(n * m.cols, (n + 1) * m.cols)]);
  const array = { data: Float64Array.of(...q.data, ...other.data), shape: [2, N, d] } as const;
  for (const heads of [[q, other], [rows(q), rows(other)], array])
    expect(attend(heads, [k], [v]).map(({ output }) => output.data)).toEqual(due.map(({ output }) => output.data));
});

test('heads that do not fit are refused by one sentence', () => {
  expect(() => attend([q, q, q], [k, k], [v, v])).toThrow(/2 heads of keys cannot be shared evenly by 3 heads/);
  expect(() => attend([q, q], [k], [v, v])).toThrow(/2 heads of values came with 1 head of keys/);
  expect(() => attend([q, q], [k], [v], { headBias: [[1]] })).toThrow(/headBias holds 1 entry,/);
  expect(() => attend([q, q], k as never, [v])).toThrow(/the keys are one matrix, heads of them were due/);
  expect(() => attend(q, k, v, { headBias: [] } as never)).toThrow(/unknown option "headBias"/);
  const bad = { data: Float64Array.of(...q.data, ...q.data), shape: [2, N, d] } as const;
  bad.data[N * d + d + 1] = Number.NaN;
  expect(() => attend(bad, [k], [v])).toThrow('[attention] attend, head 1: row 1, column 1 (counted from 0) is NaN');
});

test('rotary scores depend on distances alone, and turn every pair of columns by its own speed', () => {
  const at = (from: number): number[] => Array.from({ length: N }, (_, n) => from + n);
  for (const pairs of ['halves', 'neighbours'] as const) {
    const places = (from: number) => ({ rotary: { pairs }, queries: at(from), keys: at(from + 3) });
    const near = attend(q, k, v, { positions: places(0) });
    const far = attend(q, k, v, { positions: places(1000) });
    expect(difference(near.output.data, far.output.data)).toBeLessThan(1e-10);
    expect(difference(near.output.data, attend(q, k, v).output.data)).toBeGreaterThan(0.01);
  }
  // Complex numbers: the real part of q·conj(k)·e^(iφ), one number a pair.
  const place = [2.5];
  const { logEvidence } = attend([[1, 2, 3, 4]], [[5, 6, 7, 8]], null, {
    scale: 1,
    positions: { rotary: { pairs: 'neighbours', base: 100 }, queries: place, keys: [0] },
  });
  const turned = (a: number, b: number, c: number, e: number, phi: number): number =>
    (a * c + b * e) * Math.cos(phi) + (a * e - b * c) * Math.sin(phi);
  expect(logEvidence[0]).toBeCloseTo(turned(1, 2, 5, 6, 2.5) + turned(3, 4, 7, 8, 0.25), 12);
});

test('a sequence decoded with a cache token by token gives what causal attention gives at once', () => {
  const options = { mask: 'causal', positions: { rotary: true, alibi: 0.1 } } as const;
  const due = attend(q, k, v, options);
  const row = (m: typeof q, n: number) => ({
    data: m.data.subarray(n * m.cols, (n + 1) * m.cols),
    rows: 1,
    cols: m.cols,
  });
  let cache: ReturnType<typeof append> | null = null;
  for (let n = 0; n < N; n++) {
    cache = append(cache, row(k, n), row(v, n));
    const { output, logEvidence } = attend(row(q, n), cache.keys, cache.values, options);
    expect(difference(output.data, row(due.output as typeof q, n).data)).toBeLessThan(1e-12);
    expect(logEvidence[0]).toBeCloseTo(due.logEvidence[n]!, 12);
  }
});

test('caches are values: appending twice to one gives two, and the one stays', () => {
  const first = append(null, k, v);
  const a = append(first, [[1, 1, 1, 1]], [[1, 1]]);
  const b = append(first, [[2, 2, 2, 2]], [[2, 2]]);
  expect([...a.keys.data.subarray(K * d)]).toEqual([1, 1, 1, 1]);
  expect([...b.keys.data.subarray(K * d)]).toEqual([2, 2, 2, 2]);
  expect(first.keys.rows).toBe(K);
  expect(difference(first.keys.data, k.data)).toBe(0);
  expect(() => append(first, [[1]], [[1, 2]])).toThrow(/keys of width 1 .* the cache holds keys of 4/);
  expect(() => append(null, k, [[1]])).toThrow(/1 value came with 7 keys/);
});

test('positions that are none are refused by one sentence', () => {
  expect(() => attend(q, k, v, { positions: { relative: [1, 2] } })).toThrow(/relative bias holds 2 numbers, an odd/);
  expect(() => attend(q, k, v, { positions: { rotary: { columns: 3 } } })).toThrow(/turn 3 columns .* have 4/);
  expect(() => attend(q, k, v, { positions: { rotary: { base: 0 } } })).toThrow(/rotary base is 0/);
});
