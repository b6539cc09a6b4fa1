import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveAttention } from '../testing/naive-attention.ts';
import { naiveXray, shannon } from '../testing/naive-xray.ts';
import { xray } from './xray.ts';

const random = draws(71);
const [H, N, K, d, V] = [4, 9, 11, 5, 3];
const stack = (heads: number, rows: number, cols: number) => ({
  data: random.normal(heads * rows, cols, 1.3).data,
  shape: [heads, rows, cols],
});
const [q, k, v] = [stack(H, N, d), stack(2, K, d), stack(2, K, V)];
const part = ({ data, shape }: { data: Float64Array; shape: number[] }, h: number) => {
  const [, rows, cols] = shape as [number, number, number];
  return { data: data.subarray(h * rows * cols, (h + 1) * rows * cols), rows, cols };
};
const bias = random.normal(N, K);
const hidden = (n: number, key: number): boolean => (n + 2 * key) % 7 === 0;
const mask = (n: number, key: number): boolean => !hidden(n, key);
const scale = 0.6;

/** What the textbook says of each head: two heads of queries share one of keys. */
const oracle = Array.from({ length: H }, (_, h) =>
  naiveAttention(part(q, h), part(k, Math.floor(h / 2)), part(v, Math.floor(h / 2)), scale, (n, key) =>
    hidden(n, key) ? Number.NEGATIVE_INFINITY : bias.data[n * K + key]!,
  ),
);
const rowsOf = (h: number): number[][] =>
  Array.from({ length: N }, (_, n) => [...oracle[h]!.responsibilities.subarray(n * K, (n + 1) * K)]);

describe.each(await backends())('the X-ray on $backend.name', ({ backend, tolerance }) => {
  const read = xray({ q, k, v, bias, mask, scale }, { backend, responsibilities: true });

  test('has every head, its rows, and what follows from them, as the definitions have it', () => {
    expect(read.heads.map(({ layer, head, hook }) => [layer, head, hook])).toEqual(
      [0, 1, 2, 3].map((h) => [0, h, 'blocks.0.attn.hook_pattern']),
    );
    read.heads.forEach((head, h) => {
      const due = naiveXray(rowsOf(h));
      expect(difference(head.responsibilities!.data, oracle[h]!.responsibilities)).toBeLessThan(tolerance);
      expect(difference(head.perQuery.entropy, due.entropies)).toBeLessThan(5 * tolerance);
      expect(difference(head.perQuery.effectiveComponents, due.entropies.map(Math.exp))).toBeLessThan(40 * tolerance);
      expect(head.entropy).toBeCloseTo(due.entropy, 4);
      expect(difference(head.usage, due.usage)).toBeLessThan(tolerance);
      expect(Math.abs(head.mutualInformation - due.mutualInformation)).toBeLessThan(10 * tolerance);
      expect(head.distinguishableComponents).toBe(Math.exp(head.mutualInformation));
      expect(head.effectiveDictionary / (head.effectiveComponents * head.distinguishableComponents)).toBeCloseTo(1, 12);
      expect([...head.perQuery.k90]).toEqual(due.k90);
      expect(difference(head.evidence!.logEvidence, oracle[h]!.logEvidence)).toBeLessThan(10 * tolerance);
    });
  });

  test('the variance of the output is that of the values under each row', () => {
    const values = part(v, 0);
    const { responsibilities: r, output } = oracle[0]!;
    const due = Array.from({ length: N }, (_, n) => {
      let sum = 0;
      for (let key = 0; key < K; key++)
        for (let c = 0; c < V; c++) sum += r[n * K + key]! * (values.data[key * V + c]! - output[n * V + c]!) ** 2;
      return sum;
    });
    expect(difference(read.heads[0]!.outputVariance!, due)).toBeLessThan(10 * tolerance);
  });

  test('redundancy is the Jensen–Shannon divergence: 0 with itself, H(mean) − mean H between two', () => {
    const { redundancy } = read.layers[0]!;
    for (let a = 0; a < H; a++) {
      for (let b = 0; b < H; b++) {
        const due = rowsOf(a).reduce((sum, row, n) => {
          const other = rowsOf(b)[n]!;
          return sum + shannon(row.map((p, key) => (p + other[key]!) / 2)) - (shannon(row) + shannon(other)) / 2;
        }, 0);
        expect(Math.abs(redundancy.data[a * H + b]! - due / N)).toBeLessThan(20 * tolerance);
      }
    }
  });

  test('what a key does when it goes is what attention without it does', () => {
    const { pruneChange } = read.heads[1]!.perKey;
    for (const key of [0, 4]) {
      const without = attend(part(q, 1), part(k, 0), part(v, 0), {
        bias: (n, j) => (j === key || hidden(n, j) ? Number.NEGATIVE_INFINITY : bias.data[n * K + j]!),
        scale,
      });
      const changes = Array.from({ length: N }, (_, n) =>
        Math.hypot(...[0, 1, 2].map((c) => without.output.data[n * V + c]! - oracle[1]!.output[n * V + c]!)),
      );
      expect(Math.abs(pruneChange!.mean[key]! - changes.reduce((a, b) => a + b, 0) / N)).toBeLessThan(100 * tolerance);
      expect(Math.abs(pruneChange!.most[key]! - Math.max(...changes))).toBeLessThan(100 * tolerance);
    }
  });
});

test('logits and probabilities tell the same as queries and keys, as far as they go, and give a reason for the rest', () => {
  const full = xray({ q: part(q, 0), k: part(k, 0), v: part(v, 0), bias, mask, scale });
  const logits = { data: new Float64Array(N * K), rows: N, cols: K };
  const { responsibilities, logEvidence } = oracle[0]!;
  for (let i = 0; i < N * K; i++) logits.data[i] = Math.log(responsibilities[i]!) + logEvidence[Math.floor(i / K)]!;
  const byLogits = xray({ logits, v: part(v, 0) });
  const byRows = xray({ probabilities: { data: responsibilities, rows: N, cols: K } });
  for (const read of [byLogits, byRows]) {
    expect(read.heads[0]!.entropy).toBeCloseTo(full.heads[0]!.entropy, 12);
    expect(difference(read.heads[0]!.usage, full.heads[0]!.usage)).toBeLessThan(1e-12);
  }
  expect(difference(byLogits.heads[0]!.evidence!.logEvidence, logEvidence)).toBeLessThan(1e-12);
  expect(difference(byLogits.heads[0]!.perKey.pruneChange!.mean, full.heads[0]!.perKey.pruneChange!.mean)).toBeLessThan(
    1e-12,
  );
  expect([full.level, byLogits.level, byRows.level]).toEqual(['queries and keys', 'logits', 'probabilities']);
  expect(Object.keys(full.heads[0]!.absent)).toEqual(['leaveOneOut']);
  expect(Object.keys(byLogits.heads[0]!.absent).sort()).toEqual(['gauges', 'leaveOneOut', 'merge', 'prior']);
  expect(byRows.heads[0]!.absent.evidence).toMatch(/do not tell what they were normalized by; give logits, or q and k/);
  expect(byRows.heads[0]!.evidence).toBeNull();
  expect(byRows.heads[0]!.perKey).toEqual({ prior: null, pruneChange: null, merge: null });
});

test('layers come one after another, causal or not, and heads of one layer are compared with one another alone', () => {
  const four = { data: random.normal(2 * 3 * 6, 4).data, shape: [2, 3, 6, 4] };
  const read = xray({ q: four, k: four, mask: 'causal' });
  expect(read.heads.map(({ hook }) => hook)).toEqual(
    [0, 0, 0, 1, 1, 1].map((layer) => `blocks.${layer}.attn.hook_pattern`),
  );
  expect(read.layers.map(({ layer, redundancy }) => [layer, redundancy.rows])).toEqual([
    [0, 3],
    [1, 3],
  ]);
  for (const { perQuery, evidence } of read.heads) {
    expect(perQuery.entropy[0]).toBe(0);
    expect(evidence!.leaveOneOut![0]).toBe(Number.NEGATIVE_INFINITY);
  }
});

test('heads may come as a list of matrices', () => {
  const parts = [part(q, 0), part(q, 1)];
  const read = xray({ q: parts, k: [part(k, 0)] });
  const whole = xray({ q: { data: q.data.subarray(0, 2 * N * d), shape: [2, N, d] }, k: part(k, 0) });
  expect(read.heads.map(({ entropy }) => entropy)).toEqual(whole.heads.map(({ entropy }) => entropy));
});

test('taking a token out of its own evidence is attention without it', () => {
  const x = random.normal(8, 4);
  const read = xray({ q: x, k: x, scale: 0.5 }).heads[0]!;
  const { logEvidence } = attend(x, x, null, { scale: 0.5, mask: (n, j) => n !== j });
  expect(difference(read.evidence!.leaveOneOut!, logEvidence)).toBeLessThan(1e-12);
});

test('a head that averages has one distinguishable component, a lookup has as many as keys', () => {
  const eye = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => (i === j ? 40 : 0)));
  const lookup = xray({ q: eye, k: eye, scale: 1 }).heads[0]!;
  expect(lookup.distinguishableComponents).toBeCloseTo(5, 9);
  const average = xray({ q: eye, k: eye.map((row) => row.map(() => 0)), scale: 1 }).heads[0]!;
  expect(average.distinguishableComponents).toBeCloseTo(1, 12);
  expect(average.effectiveComponents).toBeCloseTo(5, 12);
});

const x = [
  [1, 2],
  [3, 4],
];
test.each([
  [{}, /the head came with nothing, one of q with k, logits, or probabilities was due/],
  [{ q: x }, /came with q without k, both were due/],
  [{ q: x, k: [[1, 2, 3]] }, /q has shape \[2,2\] and k \[1,3\]: their last dimensions/],
  [{ q: x, k: x, v: [[1]] }, /k has shape \[2,2\] and v \[1,1\]: both need as many rows/],
  [
    { q: [x, x, x], k: [x, x] },
    /q has shape \[3,2,2\] and k \[2,2,2\]: as many layers were due, and a number of heads that divides 3/,
  ],
  [{ q: x, k: x, bias: [[1, 2, 3]] }, /bias has shape \[1,3\], \[2\], \[2, 2\] or \[1, 2, 2\] was due/],
  [{ q: x, k: x, mask: [[1, 0, 1]] }, /mask has shape \[1,3\], \[2\] or \[2, 2\] was due/],
  [
    {
      q: x,
      k: [
        [1, Number.NaN],
        [1, 2],
      ],
    },
    /k of shape \[2,2\] has NaN in head 0, row 0, column 1 \(counted from 0\)/,
  ],
  [
    { q: x, k: x, mask: [false, false] },
    /layer 0, head 0 \(counted from 0\): none of 2 queries sees any of 2 keys, mask or bias hides them all/,
  ],
  [{ logits: [[Number.NEGATIVE_INFINITY]] }, /none of 1 query sees any of 1 key, all logits are −∞/],
  [{ probabilities: [[0, 0]] }, /none of 1 query sees any of 2 keys, all probabilities are 0/],
  [{ q: x, k: x, scale: Number.NaN }, /scale is NaN, a finite number was due/],
  [
    { probabilities: [[0.5, 0.4]] },
    /the probabilities of query 0 \(counted from 0\) sum to 0.9, 1 was due; scores before the softmax are logits/,
  ],
  [{ logits: [[0, Number.POSITIVE_INFINITY]] }, /the logit of query 0, key 1 \(counted from 0\) is Infinity/],
  [{ logits: x, q: x }, /came with q and logits/],
  [{ q: x, k: x, scael: 1 }, /unknown option "scael", did you mean "scale"\?/],
])('%j is refused in one sentence', (input, sentence) => {
  expect(() => xray(input as never)).toThrow(sentence);
});
