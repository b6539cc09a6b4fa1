import { describe, expect, test } from 'vitest';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveAttention } from '../testing/naive-attention.ts';
import { mergeHeads, pruneHeads } from './edit-heads.ts';
import { xray } from './xray.ts';

const [H, N, K, d, V] = [4, 6, 5, 3, 2];
const random = draws(91);
const [q, k, v] = [
  [N, d],
  [K, d],
  [K, V],
].map(([rows, cols]) => Array.from({ length: H }, () => random.normal(rows!, cols!, 1.5)));
const layer = { q: q!, k: k!, v: v!, scale: 1 };

/** Σ_h R_h V_h by the textbook. */
const before = q!
  .map((own, h) => naiveAttention(own, k![h]!, v![h]!, 1, () => 0).output)
  .reduce((sum, one) => sum.map((value, i) => value + one[i]!));

/** The same of heads by their rows and values. */
function outputOf({ probabilities, v: values }: ReturnType<typeof pruneHeads>['after']): Float64Array {
  const out = new Float64Array(N * V);
  const heads = probabilities.shape[0]!;
  for (let h = 0; h < heads; h++)
    for (let n = 0; n < N; n++)
      for (let key = 0; key < K; key++)
        for (let c = 0; c < V; c++)
          out[n * V + c]! += probabilities.data[(h * N + n) * K + key]! * values.data[(h * K + key) * V + c]!;
  return out;
}

describe.each([
  ['without one head', () => pruneHeads(layer, [2])],
  ['without three', () => pruneHeads(layer, [0, 1, 3])],
  ['without none', () => pruneHeads(layer, [])],
  ['with two made one', () => mergeHeads(layer, 1, 3)],
  ['with two made one, the later first', () => mergeHeads(layer, 2, 0)],
])('a layer %s', (_name, edit) => {
  const { output, bound, after } = edit();

  test('changes by what was told, to 1e-9, and by no more than the bound', () => {
    const found = outputOf(after).map((one, i) => one - before[i]!);
    expect(difference(output.data, found)).toBeLessThan(1e-9);
    for (let n = 0; n < N; n++)
      expect(Math.hypot(...found.subarray(n * V, (n + 1) * V))).toBeLessThanOrEqual(bound[n]! + 1e-12);
  });

  test('is X-rayed as any other', () => {
    expect(xray(after).heads.length).toBe(after.v.shape[0]);
  });
});

test('heads that read alike, or whose values are apart by one vector, are one without any change', () => {
  const alike = { q: [q![0]!, q![0]!], k: [k![0]!, k![0]!], v: [v![0]!, v![1]!], scale: 1 };
  expect(Math.max(...mergeHeads(alike, 0, 1).output.data.map(Math.abs))).toBe(0);
  const moved = { ...v![0]!, data: v![0]!.data.map((own, i) => own + (i % V)) };
  const { output, bound } = mergeHeads(
    { q: [q![0]!, q![1]!], k: [k![0]!, k![1]!], v: [v![0]!, moved], scale: 1 },
    0,
    1,
  );
  expect(Math.max(...output.data.map(Math.abs), ...bound)).toBeLessThan(1e-12);
});

test.each([
  [() => pruneHeads(layer, [4]), 'head 4 is not there; heads are counted from 0 to 3'],
  [() => pruneHeads(layer, [0, 1, 2, 3]), '4 heads were to be taken out of 4, one at least'],
  [() => pruneHeads({ q: q!, k: k! }, [0]), 'needs their values: give v'],
  [() => mergeHeads(layer, 1, 1), 'head 1 was to be merged with itself'],
])('%s is refused in one sentence', (edit, sentence) => {
  expect(edit).toThrow(sentence);
});
