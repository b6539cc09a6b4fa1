import type { Matrix } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { xray } from './xray.ts';

const [N, d, V] = [6, 3, 2];

/** Scores whose largest is above the next one by so many nats, 20 to 40,000. */
const heads = [3, 8, 30, 100].map((spread) => {
  const random = draws(500 + spread);
  return {
    spread,
    q: random.normal(N, d, spread),
    k: random.normal(N, d, spread),
    v: random.normal(N, V),
  };
});

/** What attention in float64 does without key `gone`. */
const without = ({ q, k, v }: { q: Matrix; k: Matrix; v: Matrix }, gone: number) =>
  attend(q, k, v, { scale: 1, mask: (_, key) => key !== gone });

describe.each(await backends())('a head that is sure of its keys, on $backend.name', ({ backend, tolerance }) => {
  test.each(heads)('at a spread of $spread tells what goes with a key', ({ q, k, v }) => {
    const { mean, most } = xray({ q, k, v, scale: 1 }, { backend, gauge: false }).heads[0]!.perKey.pruneChange!;
    const { output } = attend(q, k, v, { scale: 1 });
    for (let key = 0; key < N; key++) {
      const after = without({ q, k, v }, key).output;
      const lengths = Array.from({ length: N }, (_, n) =>
        Math.hypot(...[0, 1].map((c) => after.data[n * V + c]! - output.data[n * V + c]!)),
      );
      expect(Math.abs(mean[key]! - lengths.reduce((a, b) => a + b, 0) / N)).toBeLessThan(100 * tolerance);
      expect(Math.abs(most[key]! - Math.max(...lengths))).toBeLessThan(100 * tolerance);
    }
  });

  test.each(heads)('at a spread of $spread tells the evidence of a token without itself', ({ q, k, spread }) => {
    const { leaveOneOut } = xray({ q, k, scale: 1 }, { backend, gauge: false }).heads[0]!.evidence!;
    const { logEvidence } = attend(q, k, null, { scale: 1, mask: (n, key) => n !== key });
    expect(difference(leaveOneOut!, logEvidence)).toBeLessThan(tolerance * Math.max(10, spread ** 2 * d));
  });

  test.each(heads)('at a spread of $spread tells the surprise of a token under the others', ({ q, k, spread }) => {
    const { paper } = xray({ q, k, scale: 1 }, { backend, gauge: false }).heads[0]!.gauges;
    // In the paper gauge a mixture of N(k, 1) with weights that fall to exp(½ ‖k‖²).
    const square = (x: Matrix, row: number): number => [0, 1, 2].reduce((sum, c) => sum + x.data[row * d + c]! ** 2, 0);
    const { logEvidence } = attend(q, k, null, { scale: 1, mask: (n, key) => n !== key });
    const prior = attend(
      { data: new Float64Array(N), rows: N, cols: 1 },
      { data: new Float64Array(N), rows: N, cols: 1 },
      null,
      { bias: (_, key) => square(k, key) / 2, mask: (n, key) => n !== key },
    ).logEvidence;
    const due = prior.map((mass, n) => -(logEvidence[n]! - square(q, n) / 2 - (d / 2) * Math.log(2 * Math.PI) - mass));
    expect(difference(paper!.surprise, due)).toBeLessThan(tolerance * Math.max(10, 4 * spread ** 2 * d));
  });
});

test('logits tell the same as the queries and keys that they are made of', () => {
  for (const { q, k, v } of heads) {
    const data = new Float64Array(N * N);
    for (let n = 0; n < N; n++)
      for (let key = 0; key < N; key++)
        for (let c = 0; c < d; c++) data[n * N + key]! += q.data[n * d + c]! * k.data[key * d + c]!;
    const logits = xray({ logits: { data, rows: N, cols: N }, v }).heads[0]!;
    const scored = xray({ q, k, v, scale: 1 }, { gauge: false }).heads[0]!;
    expect(difference(logits.perKey.pruneChange!.mean, scored.perKey.pruneChange!.mean)).toBeLessThan(1e-9);
    expect(difference(logits.evidence!.leaveOneOut!, scored.evidence!.leaveOneOut!)).toBeLessThan(1e-9);
  }
});

test('queries that see nothing are no part of any mean', () => {
  const random = draws(77);
  const [q, k, other, v] = [random.normal(5, d), random.normal(4, d), random.normal(4, d), random.normal(4, V)];
  const seen = [0, 2, 3];
  const take = ({ data, cols }: Matrix): Matrix => ({
    data: Float64Array.from(seen.flatMap((n) => [...data.subarray(n * cols, (n + 1) * cols)])),
    rows: seen.length,
    cols,
  });
  const mask = (n: number, key: number): boolean => seen.includes(n) && (n + key) % 3 !== 0;
  const all = xray({ q: [q, q], k: [k, other], v: [v, v], mask });
  const left = xray({
    q: [take(q), take(q)],
    k: [k, other],
    v: [v, v],
    mask: (n, key) => mask(seen[n]!, key),
  });
  for (const [h, head] of all.heads.entries()) {
    const due = left.heads[h]!;
    for (const name of ['entropy', 'mutualInformation', 'k90', 'activeComponents', 'effectiveDictionary'] as const)
      expect(head[name]).toBeCloseTo(due[name], 12);
    expect(difference(head.usage, due.usage)).toBeLessThan(1e-12);
    expect(difference(head.perKey.prior!, due.perKey.prior!)).toBeLessThan(1e-12);
    expect(difference(head.perKey.pruneChange!.mean, due.perKey.pruneChange!.mean)).toBeLessThan(1e-12);
    expect(difference(head.perKey.merge!.logEvidence, due.perKey.merge!.logEvidence)).toBeLessThan(1e-12);
  }
  expect(difference(all.layers[0]!.redundancy.data, left.layers[0]!.redundancy.data)).toBeLessThan(1e-12);
  // One query alone tells nothing apart.
  const one = xray({ q: [[1], [2]], k: [[0], [0]], mask: (n) => n === 0 }).heads[0]!;
  expect(one.distinguishableComponents).toBe(1);
  expect(one.effectiveComponents).toBeCloseTo(2, 12);
});

test('what frameworks add to hide a key hides it', () => {
  const random = draws(78);
  const [q, k, v] = [random.normal(5, d), random.normal(5, d), random.normal(5, V)];
  const due = xray({ q, k, v, mask: 'causal' }).heads[0]!;
  for (const least of [-1e9, Math.fround(-3.4028234663852886e38), -Number.MAX_VALUE]) {
    const bias = Array.from({ length: 5 }, (_, n) => Array.from({ length: 5 }, (_, key) => (key > n ? least : 0)));
    const read = xray({ q, k, v, bias }).heads[0]!;
    expect(read.evidence!.leaveOneOut![0]).toBe(Number.NEGATIVE_INFINITY);
    expect(read.gauges.paper!.surprise[0]).toBeNaN();
    expect(difference(read.usage, due.usage)).toBeLessThan(1e-12);
    expect(difference(read.perKey.pruneChange!.mean, due.perKey.pruneChange!.mean)).toBeLessThan(1e-12);
    const logits = bias.map((row, n) =>
      row.map((own, key) => {
        const product = [0, 1, 2].reduce((sum, c) => sum + q.data[n * d + c]! * k.data[key * d + c]!, 0);
        return own + product / Math.sqrt(d);
      }),
    );
    const byLogits = xray({ logits, v }).heads[0]!;
    expect(byLogits.evidence!.leaveOneOut![0]).toBe(Number.NEGATIVE_INFINITY);
    expect(difference(byLogits.perKey.pruneChange!.mean, due.perKey.pruneChange!.mean)).toBeLessThan(1e-9);
  }
});

test('scores that are too large to be numbers are said to be, not to be hidden', () => {
  const sentence = /the scores of query 0 \(counted from 0\) are too large to be numbers/;
  expect(() => xray({ q: [[1e200]], k: [[-1e200]], scale: 1 })).toThrow(sentence);
  expect(() => xray({ q: [[1e200, 1e200]], k: [[1e200, -1e200]], scale: 1 })).toThrow(sentence);
});
