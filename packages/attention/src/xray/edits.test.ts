import type { Matrix } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import type { XrayInput } from './heads-of.ts';
import { mergeKeys } from './merge-keys.ts';
import { pruneKeys } from './prune-keys.ts';
import { xray } from './xray.ts';

type Scored = Extract<XrayInput, { readonly q: unknown }>;

/** Heads of several tempers: flat, sharp, causal, with pairs hidden. */
const heads: readonly (readonly [string, Scored])[] = (() => {
  const random = draws(72);
  const make = (spread: number, more: object): Scored =>
    ({ q: random.normal(7, 4, spread), k: random.normal(7, 4, spread), v: random.normal(7, 3), ...more }) as Scored;
  return [
    ['flat', make(0.3, {})],
    ['sharp', make(6, { scale: 1 })],
    ['with a bias a key', make(1, { bias: [0, 1, -2, 3, 0, 0.5, -1] })],
    ['causal', make(1, { mask: 'causal' })],
    [
      'with pairs hidden',
      make(2, { mask: (n: number, k: number) => (n * k) % 3 !== 2, bias: (n: number, k: number) => Math.sin(n + k) }),
    ],
    ['with keys hidden', make(1, { mask: [true, false, true, true, true, false, true] })],
    // What is not the largest share is below 1e-308, and is seen all the same.
    ['of scores of ten thousand', make(100, { scale: 1 })],
    [
      'of scores of ten thousand, with queries that see nothing',
      make(100, { scale: 1, mask: (n: number, k: number) => n !== 2 && n !== 5 && (n + k) % 4 !== 0 }),
    ],
  ];
})();

const read = (head: Scored) =>
  attend(head.q as Matrix, head.k as Matrix, head.v as Matrix, {
    bias: head.bias as never,
    mask: head.mask as never,
    scale: head.scale,
  });
const changeOf = (before: Scored, after: Scored) => {
  const [a, b] = [read(before), read(after)];
  return {
    output: b.output.data.map((one, i) => one - a.output.data[i]!),
    logEvidence: b.logEvidence.map((one, n) => (one === a.logEvidence[n] ? 0 : one - a.logEvidence[n]!)),
  };
};
const norms = (data: ArrayLike<number>): number[] =>
  Array.from({ length: 7 }, (_, n) => Math.hypot(...[0, 1, 2].map((c) => data[n * 3 + c]!)));

describe.each(heads)('a head that is %s', (_, head) => {
  test.each([[[0]], [[3, 5]], [[1, 2, 4, 6]]])('without keys %j changes as was told', (keys) => {
    const told = pruneKeys(head, keys);
    const found = changeOf(head, told.after as Scored);
    expect(difference(told.output!.data, found.output)).toBeLessThan(1e-9);
    expect(equal(told.logEvidence, found.logEvidence)).toBeLessThan(1e-9);
    for (const [n, norm] of norms(found.output).entries()) expect(norm).toBeLessThanOrEqual(told.bound![n]! + 1e-12);
  });

  test.each([
    [0, 1, 0.5],
    [2, 5, 0.3],
    [6, 3, 0.9],
  ])('with keys %i and %i merged at weight %d changes as was told', (i, j, weight) => {
    const told = mergeKeys(head, i, j, { weight });
    expect((told.after.k as { rows: number }).rows).toBe(6);
    const found = changeOf(head, told.after as unknown as Scored);
    expect(difference(told.output!.data, found.output)).toBeLessThan(1e-9);
    expect(equal(told.logEvidence, found.logEvidence)).toBeLessThan(1e-9);
    // Jensen: the merged key never counts for more than the two did.
    expect(Math.max(...told.logEvidence)).toBeLessThanOrEqual(1e-12);
    for (const [n, norm] of norms(found.output).entries()) expect(norm).toBeLessThanOrEqual(told.bound![n]! + 1e-12);
  });

  test('partners are those with which merging costs least evidence', () => {
    const { usage, perKey, evidence } = xray(head).heads[0]!;
    const seen = evidence!.logEvidence.filter((own) => own > Number.NEGATIVE_INFINITY).length;
    const costOf = (i: number, j: number): number => {
      const share =
        usage[i]! + usage[j]! > 0 ? Math.min(1 - 1e-6, Math.max(1e-6, usage[i]! / (usage[i]! + usage[j]!))) : 0.5;
      return -mergeKeys(head, i, j, { weight: share }).logEvidence.reduce((a, b) => a + b, 0) / seen;
    };
    for (const i of [0, 4]) {
      const all = [0, 1, 2, 3, 4, 5, 6].filter((j) => j !== i).map((j) => costOf(i, j));
      const told = -perKey.merge!.logEvidence[i]!;
      if (Number.isFinite(told)) expect(Math.abs(told - Math.min(...all))).toBeLessThan(1e-9);
      else expect(Math.min(...all)).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

/** Largest difference, equal infinities being none. */
function equal(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, one, i) => Math.max(most, one === b[i] ? 0 : Math.abs(one - b[i]!)), 0);
}

test('rows of probabilities are enough to tell what pruning does, and the last key leaves nothing', () => {
  const told = pruneKeys({ probabilities: [[0.25, 0.75]], v: [[4], [8]] }, [1]);
  expect(told.output!.data[0]).toBeCloseTo(4 - 7, 12);
  expect(told.logEvidence[0]).toBeCloseTo(Math.log(0.25), 12);
  const all = pruneKeys({ probabilities: [[0.25, 0.75]], v: [[4], [8]] }, [0, 1]);
  expect(all.output!.data[0]).toBe(-7);
  expect(all.logEvidence[0]).toBe(Number.NEGATIVE_INFINITY);
});

test.each([
  [() => pruneKeys({ q: [[1]], k: [[1]] }, [1]), /key 1 is not there; keys are counted from 0 to 0/],
  [() => mergeKeys({ q: [[1]], k: [[1], [2]] }, 1, 1), /the keys are 1 and 1, two were due/],
  [() => mergeKeys({ q: [[1]], k: [[1], [2]] }, 0, 1, { weight: 1 }), /weight is 1, a number between 0 and 1 was due/],
  [() => mergeKeys({ probabilities: [[1]] } as never, 0, 0), /the head came without q and k/],
  [() => pruneKeys({ q: [[[1]], [[2]]], k: [[[1]], [[2]]] }, [0]), /2 heads came, one was due/],
])('%s is refused', (call, sentence) => expect(call).toThrow(sentence));
