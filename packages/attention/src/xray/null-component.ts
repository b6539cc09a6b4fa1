import type { Matrix } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import { pairPrior } from './edit-head.ts';
import type { Head, HeadBias, ScoredHead } from './head.ts';
import { type Tensor, type TensorLike, tensor } from './tensor-like.ts';

/** The log prior of the null component of each head. */
type Sinks = (layer: number, head: number) => number;

/**
 * Sinks as they were given: one number for all heads, `[heads]`, or `[layers, heads]`.
 *
 * @param of  `[layers, heads, …]`, what they are the sinks of
 * @returns null where there are none
 * @throws BAD_SHAPE, NOT_FINITE: −∞ leaves a head without
 */
export function sinksOf(given: TensorLike | number | undefined, of: Tensor, where: string): Sinks | null {
  if (given === undefined) return null;
  const { shape, data } = typeof given === 'number' ? { shape: [], data: [given] } : tensor(given, 'sink', where);
  const at = data.findIndex((sink: number) => !(sink < Number.POSITIVE_INFINITY));
  if (at >= 0)
    fail(where, 'NOT_FINITE', `sink ${at} (counted from 0) is ${show(data[at])}, a finite log prior or −∞ was due`);
  const [layers, heads] = of.shape as [number, number];
  if (data.length === 1) return () => data[0]!;
  const isPerHead = shape.length === 1 && shape[0] === heads;
  const isPerLayer = shape.length === 2 && shape[0] === layers && shape[1] === heads;
  if (isPerHead) return (_, head) => data[head]!;
  if (isPerLayer) return (layer, head) => data[layer * heads + head]!;
  return fail(
    where,
    'BAD_SHAPE',
    `sink has shape [${shape}], a number, [${heads}] or [${layers}, ${heads}] was due, one for each head`,
  );
}

/**
 * A head with one key more, the last: of score `sink` for every query, and value 0. Exactly the attention with that sink.
 *
 *     k₀ = 0     b₀ = sink     v₀ = 0
 *
 * Every query sees it, whatever the mask hides; causal masks and diagonals stay where they were, since it comes after all keys.
 */
export function withNull<Given extends Exclude<Head, { probabilities: Matrix }>>(head: Given, sink: number): Given {
  const v = head.v && withRow(head.v);
  if ('logits' in head) return { ...head, v, logits: withColumn(head.logits, sink) };
  const { k } = head;
  return { ...head, v, k: withRow(k), bias: biasWith(head, sink), mask: undefined };
}

function biasWith(head: ScoredHead, sink: number): HeadBias {
  const { bias, mask, k } = head;
  const K = k.rows;
  if (mask === undefined && (bias === undefined || ArrayBuffer.isView(bias)))
    return Float64Array.from({ length: K + 1 }, (_, key) => (key === K ? sink : (bias?.[key] ?? 0)));
  const prior = pairPrior(head);
  return (query, key) => (key === K ? sink : prior(query, key));
}

function withRow({ data, rows, cols }: Matrix): Matrix {
  const longer = new Float64Array((rows + 1) * cols);
  longer.set(data);
  return { data: longer, rows: rows + 1, cols };
}

function withColumn({ data, rows, cols }: Matrix, value: number): Matrix {
  const wider = new Float64Array(rows * (cols + 1)).fill(value);
  for (let n = 0; n < rows; n++) wider.set(data.subarray(n * cols, (n + 1) * cols), n * (cols + 1));
  return { data: wider, rows, cols: cols + 1 };
}
