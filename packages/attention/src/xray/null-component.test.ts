import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveAttention } from '../testing/naive-attention.ts';
import { shannon } from '../testing/naive-xray.ts';
import { mergeKeys } from './merge-keys.ts';
import { pruneKeys } from './prune-keys.ts';
import { xray } from './xray.ts';

const random = draws(83);
const [N, K, d, V] = [7, 9, 4, 3];
const [q, k, v] = [random.normal(N, d, 1.3), random.normal(K, d, 1.3), random.normal(K, V)];
const bias = random.normal(N, K);
const mask = (n: number, key: number): boolean => (n + 2 * key) % 5 !== 0;
const scale = 0.7;
const sink = 0.8;
const head = { q, k, v, bias, mask, scale };

/** The textbook's softmax of one score more. */
const oracle = naiveAttention(q, k, v, scale, (n, key) =>
  mask(n, key) ? bias.data[n * K + key]! : Number.NEGATIVE_INFINITY,
);
const total = oracle.logEvidence.map((own: number) => Math.log(Math.exp(own) + Math.exp(sink)));
const share = total.map((all: number) => Math.exp(sink - all));
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe.each(await backends())('a head with a sink on $backend.name', ({ backend, tolerance }) => {
  const read = xray({ ...head, sink }, { backend, responsibilities: true }).heads[0]!;

  test('has a component more, the last, which takes what the softmax of one score more gives it', () => {
    expect([read.keys, read.nullComponent!.key, read.usage.length]).toEqual([K + 1, K, K + 1]);
    expect(difference(read.nullComponent!.share, share)).toBeLessThan(tolerance);
    expect(Math.abs(read.nullComponent!.usage - mean(share))).toBeLessThan(tolerance);
    expect(read.usage[K]).toBe(read.nullComponent!.usage);
    expect(difference(read.evidence!.logEvidence, total)).toBeLessThan(10 * tolerance);
    const rows = Array.from({ length: N }, (_, n) => [
      ...Array.from(oracle.responsibilities.subarray(n * K, (n + 1) * K), (r) => r * (1 - share[n]!)),
      share[n]!,
    ]);
    expect(difference(read.responsibilities!.data, rows.flat())).toBeLessThan(tolerance);
    expect(difference(read.perQuery.entropy, rows.map(shannon))).toBeLessThan(10 * tolerance);
  });

  test('has the variance that attend has with that sink', () => {
    const { variance } = attend(q, k, v, { bias, mask, scale, sink, variance: true, backend });
    const due = Array.from({ length: N }, (_, n) =>
      Array.from(variance!.total.data.subarray(n * V, (n + 1) * V)).reduce((a, b) => a + b, 0),
    );
    expect(difference(read.outputVariance!, due)).toBeLessThan(20 * tolerance);
  });
});

test('without the null component the head is the one without a sink: what was told is what is found', () => {
  const told = pruneKeys({ ...head, sink }, [K]);
  const before = attend(q, k, v, { bias, mask, scale, sink });
  const after = attend(q, k, v, { bias, mask, scale });
  expect(
    difference(
      told.logEvidence,
      after.logEvidence.map((own, n) => own - before.logEvidence[n]!),
    ),
  ).toBeLessThan(1e-9);
  expect(
    difference(
      told.output!.data,
      after.output.data.map((own, i) => own - before.output.data[i]!),
    ),
  ).toBeLessThan(1e-9);
});

test('a key that is merged with the null component changes what was told', () => {
  const { after, ...told } = mergeKeys({ q, k, v, scale, sink }, 2, K);
  const before = attend(q, k, v, { scale, sink });
  const found = attend(after.q, after.k, after.v, { bias: after.bias, mask: after.mask, scale: after.scale });
  expect(
    difference(
      told.logEvidence,
      found.logEvidence.map((own, n) => own - before.logEvidence[n]!),
    ),
  ).toBeLessThan(1e-9);
  expect(
    difference(
      told.output!.data,
      found.output.data.map((own, i) => own - before.output.data[i]!),
    ),
  ).toBeLessThan(1e-9);
});

test('a sink for each head, causal, on tokens that are their own keys: the others of the first token are the sink alone', () => {
  const x = { data: random.normal(2 * 6, d).data, shape: [2, 6, d] };
  const sinks = [0.3, -1];
  const { heads } = xray({ q: x, k: x, mask: 'causal', sink: sinks });
  heads.forEach(({ evidence, nullComponent, perQuery, gauges }, h) => {
    const own = { data: x.data.subarray(h * 6 * d, (h + 1) * 6 * d), rows: 6, cols: d };
    const all = attend(own, own, null, { mask: 'causal', sink: sinks[h]! });
    const others = attend(own, own, null, { mask: (n, key) => key < n, sink: sinks[h]! });
    expect(difference(nullComponent!.share, all.nullShare!)).toBeLessThan(1e-12);
    expect(difference(evidence!.logEvidence, all.logEvidence)).toBeLessThan(1e-12);
    expect(difference(evidence!.leaveOneOut!, others.logEvidence)).toBeLessThan(1e-12);
    expect(evidence!.leaveOneOut![0]).toBeCloseTo(sinks[h]!, 12);
    expect(perQuery.k90[0]).toBeGreaterThan(0);
    expect(gauges.paper!.surprise.every(Number.isFinite)).toBe(true);
  });
});

test('in a gauge the null component is a Gaussian of its own: the density integrates to one, on a grid', () => {
  const grid = { data: Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100), rows: 4001, cols: 1 };
  const { gauges } = xray({ q: grid, k: [[-1], [0.5], [2]], scale: 0.8, sink: 1 }, { gauge: false }).heads[0]!;
  expect(gauges.paper!.logDensity.reduce((sum, l) => sum + Math.exp(l) / 100, 0)).toBeCloseTo(1, 9);
});

test('logits with a sink tell the same; a sink of −∞ takes nothing; no sink has no null component', () => {
  const logits = Array.from({ length: N }, (_, n) =>
    Array.from({ length: K }, (_, key) => Math.log(oracle.responsibilities[n * K + key]!) + oracle.logEvidence[n]!),
  );
  const byLogits = xray({ logits, v, sink }).heads[0]!;
  const byScores = xray({ ...head, sink }).heads[0]!;
  expect(difference(byLogits.nullComponent!.share, share)).toBeLessThan(1e-12);
  expect(difference(byLogits.outputVariance!, byScores.outputVariance!)).toBeLessThan(1e-12);
  const none = xray({ ...head, sink: Number.NEGATIVE_INFINITY }).heads[0]!;
  const without = xray(head).heads[0]!;
  expect(none.nullComponent!.usage).toBe(0);
  expect(difference(none.perQuery.entropy, without.perQuery.entropy)).toBeLessThan(1e-12);
  expect(without.nullComponent).toBeNull();
});

test('active components are the keys from the threshold on, 1 % where none is told', () => {
  const probabilities = [
    [0.985, 0.01, 0.005, 0],
    [0.4, 0.3, 0.2, 0.1],
    [0, 0, 0, 0],
  ];
  const first = xray({ probabilities }).heads[0]!;
  expect([...first.perQuery.activeComponents]).toEqual([2, 4, 0]);
  // The last query sees nothing: it has no row to take a mean of.
  expect([first.activeComponents, first.activeThreshold]).toEqual([3, 0.01]);
  const other = xray({ probabilities }, { activeThreshold: 0.25 }).heads[0]!;
  expect([...other.perQuery.activeComponents]).toEqual([1, 2, 0]);
});

const x = [
  [1, 2],
  [3, 4],
];
test.each([
  [{ q: x, k: x, sink: Number.NaN }, {}, /sink 0 \(counted from 0\) is NaN, a finite log prior or −∞ was due/],
  [
    { q: [x, x], k: x, sink: [1, 2, 3] },
    {},
    /sink has shape \[3\], a number, \[2\] or \[1, 2\] was due, one for each head/,
  ],
  [{ probabilities: [[1]], sink: 1 }, {}, /a sink came with probabilities; give logits, or its share as one key more/],
  [{ q: x, k: x }, { activeThreshold: 0 }, /activeThreshold is 0, a share above 0 and at most 1 was due/],
])('%j with %j is refused in one sentence', (input, options, sentence) => {
  expect(() => xray(input as never, options)).toThrow(sentence);
});
