import type { Matrix } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import type { Head, HeadBias, ScoredHead } from './head.ts';

/** The log prior of a head by pairs, −∞ where a key is hidden. */
export function pairPrior({
  bias,
  mask,
  q,
  k,
}: Pick<ScoredHead, 'bias' | 'mask' | 'q' | 'k'>): (query: number, key: number) => number {
  const K = k.rows;
  const behind = K - q.rows;
  const own = (query: number, key: number): number => {
    if (bias === undefined) return 0;
    if (typeof bias === 'function') return bias(query, key);
    return ArrayBuffer.isView(bias) ? bias[key]! : bias.data[query * K + key]!;
  };
  const sees = (query: number, key: number): boolean => {
    if (mask === undefined) return true;
    if (mask === 'causal') return key <= query + behind;
    if (typeof mask === 'function') return mask(query, key);
    return (ArrayBuffer.isView(mask) ? mask[key]! : mask.data[query * K + key]!) === 1;
  };
  return (query, key) => (sees(query, key) ? own(query, key) : Number.NEGATIVE_INFINITY);
}

/** A head of which only some keys are left; causal masks stay where they were. */
export function keepKeys<Given extends Head>(head: Given, left: readonly number[]): Given {
  const v = head.v && takeRows(head.v, left);
  if ('logits' in head) return { ...head, v, logits: takeColumns(head.logits, left) };
  if ('probabilities' in head) return { ...head, v, probabilities: normalized(takeColumns(head.probabilities, left)) };
  const prior = pairPrior(head);
  const bias = isPerKey(head)
    ? perKey(head.bias, left)
    : (query: number, key: number): number => prior(query, left[key]!);
  return { ...head, v, k: takeRows(head.k, left), bias, mask: undefined };
}

/**
 * A head in which two keys have become one, in the place of the first.
 *
 *     k_m = a k_i + (1 − a) k_j     b_m = a b_i + (1 − a) b_j + H(a)     v_m = a v_i + (1 − a) v_j
 */
export function joinKeys(head: ScoredHead, [i, j]: readonly [number, number], a: number): ScoredHead {
  const { k, v, bias } = head;
  const left = Array.from({ length: k.rows }, (_, key) => key).filter((key) => key !== j);
  const at = left.indexOf(i);
  const kept = keepKeys(head, left);
  const mixedRow = (m: Matrix): Matrix => {
    const { rows, cols } = m;
    const data = Float64Array.from(takeRows(m, left).data);
    for (let c = 0; c < cols; c++) data[at * cols + c] = a * m.data[i * cols + c]! + (1 - a) * m.data[j * cols + c]!;
    return { data, rows: rows - 1, cols };
  };
  const joined = { ...kept, k: mixedRow(k), v: v && mixedRow(v) };
  const entropy = binaryEntropy(a);
  if (isPerKey(head)) {
    const own = Float64Array.from((kept.bias as Float64Array | undefined) ?? new Float64Array(left.length));
    const of = (key: number): number => (bias as Float64Array | undefined)?.[key] ?? 0;
    own[at] = a * of(i) + (1 - a) * of(j) + entropy;
    return { ...joined, bias: own };
  }
  const prior = pairPrior(head);
  return {
    ...joined,
    bias: (query, key) =>
      key === at ? a * prior(query, i) + (1 - a) * prior(query, j) + entropy : prior(query, left[key]!),
  };
}

/** H(a) of a choice between two, nats. */
export function binaryEntropy(a: number): number {
  return -(a > 0 ? a * Math.log(a) : 0) - (a < 1 ? (1 - a) * Math.log1p(-a) : 0);
}

function isPerKey({ bias, mask }: ScoredHead): boolean {
  return mask === undefined && (bias === undefined || ArrayBuffer.isView(bias));
}

function perKey(bias: HeadBias | undefined, left: readonly number[]): Float64Array | undefined {
  return bias && Float64Array.from(left, (key) => (bias as Float64Array)[key]!);
}

function takeColumns({ data, rows, cols }: Matrix, left: readonly number[]): Matrix {
  const taken = new Float64Array(rows * left.length);
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < left.length; i++) taken[n * left.length + i] = data[n * cols + left[i]!]!;
  return { data: taken, rows, cols: left.length };
}

function normalized({ data, rows, cols }: Matrix): Matrix {
  for (let n = 0; n < rows; n++) {
    const row = data.subarray(n * cols, (n + 1) * cols) as Float64Array;
    const total = row.reduce((a, b) => a + b, 0);
    if (total > 0) for (let k = 0; k < cols; k++) row[k]! /= total;
  }
  return { data, rows, cols };
}
