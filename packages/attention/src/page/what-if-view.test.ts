import { percent } from '@mixtention/core/page';
import { expect, test } from 'vitest';
import { naiveAttention } from '../testing/naive-attention.ts';
import { xray } from '../xray/xray.ts';
import { liveHead, liveRows, type ScoredLive, tryEdit } from './edits.ts';
import { length } from './keys-view.ts';
import { pageHeads } from './page-heads.ts';
import { xrayReport } from './report.ts';
import { firstState } from './state.ts';
import { at, live, mean, N, read, report, textOf } from './testing-page.ts';
import { whatIfView } from './what-if-view.ts';

test('what if: predicted is recomputed, to rounding where it is exact', () => {
  const state = at(1);
  for (const edit of [
    { kind: 'head' },
    { kind: 'prune', keys: [0] },
    { kind: 'merge', i: 0, j: 2, weight: 0.4 },
    { kind: 'scale', factor: 1.001 },
  ] as const) {
    const outcome = tryEdit(live[1]!, edit, report.heads[1]!)!;
    const text = textOf(whatIfView(report, { ...state, edit }, { outcome, isScored: true }));
    expect(outcome.apart).toBeLessThan(edit.kind === 'scale' ? 1e-4 : 1e-9);
    expect(text).toContain(
      `change of the output, length ${length(outcome.told.output!)} ${length(outcome.found.output!)}`,
    );
    const { told, found } = outcome;
    if (told.logEvidence === null || found.logEvidence === null) {
      expect(text).toContain('change of L, nats – –');
      // A causal query that saw the key alone.
      expect(text.includes('L falls to −∞')).toBe(edit.kind !== 'head');
    } else {
      expect(text).not.toContain('L falls to −∞');
      const signed = (x: number): string => `${x < 0 ? '−' : ''}${length(Math.abs(x))}`;
      expect(text).toContain(`change of L, nats ${signed(told.logEvidence)} ${signed(found.logEvidence)}`);
    }
    const largest = outcome.apart === 0 ? '0' : outcome.apart.toExponential(1).replace('-', '−');
    expect(text).toContain(`Largest distance between the two outputs: ${largest}`);
  }
  // What is found is what the textbook reads of the edited head.
  const { q, k, v, scale } = live[1]!;
  const twice = naiveAttention(q, k, v!, 2 * scale, (n, key) => (key > n ? Number.NEGATIVE_INFINITY : 0));
  const first = naiveAttention(q, k, v!, scale, (n, key) => (key > n || key === 0 ? Number.NEGATIVE_INFINITY : 0));
  const moved = (output: Float64Array): number =>
    mean(
      Array.from({ length: N }, (_, n) =>
        Math.hypot(...output.subarray(n * 3, n * 3 + 3).map((x, c) => x - read[1]!.output[n * 3 + c]!)),
      ),
    );
  const scaled = tryEdit(live[1]!, { kind: 'scale', factor: 2 }, report.heads[1]!)!;
  expect(scaled.found.output).toBeCloseTo(moved(twice.output), 9);
  expect(scaled.found.logEvidence).toBeCloseTo(mean(twice.logEvidence.map((L, n) => L - read[1]!.logEvidence[n]!)), 9);
  expect(tryEdit(live[1]!, { kind: 'prune', keys: [0] }, report.heads[1]!)!.found.output).toBeCloseTo(
    moved(first.output),
    9,
  );
  // Without the head the layer lacks what the textbook says that it adds.
  const gone = tryEdit(live[1]!, { kind: 'head' }, report.heads[1]!)!;
  expect(gone.told.output).toBeCloseTo(
    mean(Array.from({ length: N }, (_, n) => Math.hypot(...read[1]!.output.subarray(n * 3, n * 3 + 3)))),
    9,
  );
});

test('by rows alone keys can be removed and no more; the change of L is told, and not found', () => {
  const head = {
    probabilities: { data: Float64Array.of(0.5, 0.25, 0.25), rows: 1, cols: 3 },
    v: { data: Float64Array.of(1, 2, 4), rows: 3, cols: 1 },
  };
  const outcome = tryEdit(head, { kind: 'prune', keys: [0] }, report.heads[0]!)!;
  expect(outcome.told.logEvidence).toBeCloseTo(Math.log(0.5), 12);
  expect(outcome.found).toEqual({ output: 1, logEvidence: null });
  expect(outcome.apart).toBeLessThan(1e-12);
  expect(tryEdit(head, { kind: 'merge', i: 0, j: 1, weight: 0.5 }, report.heads[0]!)).toBeNull();
});

test('a share of the whole layer is told where that is known', () => {
  const outputNorm = Array.from({ length: N }, (_, n) => 2 + n);
  const whole = { ...report, layers: report.layers.map((layer) => ({ ...layer, outputNorm })) };
  const edit = { kind: 'prune', keys: [1] } as const;
  const outcome = tryEdit(live[1]!, edit, report.heads[1]!)!;
  const text = textOf(whatIfView(whole, { ...at(1), edit }, { outcome, isScored: true }));
  expect(text).toContain(
    `All heads of the layer together add ${length(2 + (N - 1) / 2)} to the stream; the edit changes it by ${percent(outcome.found.output! / (2 + (N - 1) / 2))}.`,
  );
});

test('heads with biases, masks and sinks are computed with in the page: rows and edits are those of the head', () => {
  const [q, k, v] = [live[0]!.q, live[1]!.k, live[0]!.v!];
  const prior = (n: number, key: number): number =>
    key > n + 1 ? Number.NEGATIVE_INFINITY : Math.fround(0.3 * Math.sin(n + 2 * key));
  const sink = 0.5;
  const rows = Array.from({ length: N }, (_, n) => Array.from({ length: N }, (_, key) => prior(n, key)));
  const held = pageHeads({ q, k, v, scale: 0.5, sink, bias: rows });
  const head = liveHead(held.tensors[0]!, true) as ScoredLive;
  const due = naiveAttention(q, k, v, 0.5, prior);
  const shrunk = due.logEvidence.map((L) => 1 / (1 + Math.exp(sink - L)));
  const own = liveRows(head);
  for (let n = 0; n < N; n++) {
    expect(own.data[n * (N + 1) + N]).toBeCloseTo(1 - shrunk[n]!, 6);
    for (let key = 0; key < N; key++)
      expect(own.data[n * (N + 1) + key]).toBeCloseTo(shrunk[n]! * due.responsibilities[n * N + key]!, 6);
    const length = shrunk[n]! * Math.hypot(...due.output.subarray(n * 3, n * 3 + 3));
    expect(held.outputNorms![0]![n]).toBeCloseTo(length, 6);
  }
  const gone = tryEdit(head, { kind: 'prune', keys: [N] }, report.heads[0]!)!;
  expect(gone.apart).toBeLessThan(1e-9);
  expect(gone.found.logEvidence).toBeCloseTo(mean(shrunk.map(Math.log)), 6);
  const merged = tryEdit(head, { kind: 'merge', i: 0, j: 1, weight: 0.3 }, report.heads[0]!)!;
  expect(merged.apart).toBeLessThan(1e-9);
});

test('without its only key a head has no output and no evidence, and there is nothing to merge it with', () => {
  for (const input of [
    { q: [[1], [2]], k: [[3]], v: [[4, 3]] },
    { probabilities: [[1], [1]], v: [[4, 3]] },
  ]) {
    const own = xrayReport({ read: xray(input), model: 'mine', kind: 'tensors' });
    const state = firstState(own);
    const head = liveHead(pageHeads(input).tensors[0]!, false);
    const isScored = 'q' in head;
    const { told, found, apart } = tryEdit(head, { kind: 'prune', keys: [0] }, own.heads[0]!)!;
    expect([told, found, apart]).toEqual([{ output: 5, logEvidence: null }, { output: 5, logEvidence: null }, 0]);
    const markup = whatIfView(own, state, { outcome: null, isScored }).html;
    expect(markup).toContain(`data-do="merge" disabled title="${isScored ? 'there is one key' : 'it needs q and k'}"`);
    expect(markup).toContain('<button type="button" data-do="prune">');
  }
});
