import { describe, expect, it } from 'vitest';
import { multiHeadAttention } from '../layers/multi-head-attention.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveAttention } from '../testing/naive-attention.ts';
import { attend } from './attend.ts';
import type { AttentionPositions } from './attention-positions.ts';

const HIDDEN = Number.NEGATIVE_INFINITY;
const N = 300;
const K = 270;
const random = draws(77);
const q = random.normal(N, 4);
const k = random.normal(K, 4);
const v = random.normal(K, 2);

/** Sliding causal attention with slopes; the first N − K queries come before all keys. */
const positions = { causal: true, window: 63, alibi: 0.0625 } as const;
const prior = (n: number, j: number): number => {
  const back = n + K - N - j;
  return back >= 0 && back <= 63 ? -0.0625 * back : HIDDEN;
};

describe.each(await backends())('positions on $backend.name', ({ backend, tolerance }) => {
  it('say what the naive double loop says, and leave queries before all keys empty-handed', () => {
    const due = naiveAttention(q, k, v, 1, prior);
    const { output, logEvidence } = attend(q, k, v, { scale: 1, positions, backend });
    expect(difference(output.data, due.output)).toBeLessThan(tolerance);
    expect(difference(logEvidence, due.logEvidence)).toBeLessThan(tolerance);
    expect(logEvidence[0]).toBe(HIDDEN);
    expect(output.data[0]).toBe(0);
  });

  it('hide and weigh what a bias of every pair hides and weighs, under a logit scale and for queries read in float64', () => {
    const far = { ...q, data: q.data.map((x, i) => (Math.floor(i / 4) % 50 === 49 ? 1e5 * x : x)) };
    const options = { scale: 1, logitScale: 0.5, backend };
    const due = attend(far, k, v, { ...options, bias: prior });
    const came = attend(far, k, v, { ...options, positions });
    expect(difference(came.output.data, due.output.data)).toBeLessThan(tolerance);
    expect(difference(came.logEvidence, due.logEvidence)).toBeLessThan(tolerance);
  });
});

it('may differ from head to head, as the slopes of ALiBi do', () => {
  const eye = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => Number(i === j)));
  const weights = { query: eye, key: eye, value: eye, output: eye };
  const headPositions = [{ alibi: 0.5 }, { alibi: 0.25, causal: true }];
  // Layers refuse queries that come before all keys.
  const seeing = { data: q.data.subarray(4 * (N - K)), rows: K, cols: 4 };
  const { heads } = multiHeadAttention(seeing, k, k, weights, { heads: 2, headPositions });
  const part = (m: typeof q, h: number): number[][] =>
    Array.from({ length: m.rows }, (_, n) => [...m.data.subarray(4 * n + 2 * h, 4 * n + 2 * h + 2)]);
  heads.forEach((head, h) => {
    const due = attend(part(seeing, h), part(k, h), part(k, h), { positions: headPositions[h] });
    expect(difference(head.output.data, due.output.data)).toBeLessThan(1e-12);
  });
});

it.each<[AttentionPositions, RegExp]>([
  [{ window: -1 }, /window is -1/],
  [{ alibi: Number.NaN }, /alibi is NaN/],
  [{ causal: 1 as unknown as boolean }, /causal is 1/],
  [{ keys: [0, 1] }, /2 positions of keys came, 270 were due/],
  [{ queries: new Float64Array(N).fill(Number.POSITIVE_INFINITY) }, /position 0 of the queries .* is Infinity/],
  [{ casual: true } as AttentionPositions, /did you mean "causal"/],
])('refuse %j', (wrong, message) => {
  expect(() => attend(q, k, v, { positions: wrong })).toThrow(message);
});
