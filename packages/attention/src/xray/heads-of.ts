import type { Matrix } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';
import { readFlags } from '../read-flags.ts';
import type { Head, HeadBias, HeadMask } from './head.ts';
import { sinksOf, withNull } from './null-component.ts';
import { asLayers, type LayerTensor, slice, type Tensor, type TensorLike, tensor } from './tensor-like.ts';

/**
 * What is given of one or more heads: queries and keys, or logits, or rows of probabilities; each with values or without.
 *
 * Shapes are `[rows, columns]` for one head, `[heads, rows, columns]`, or `[layers, heads, rows, columns]`. Keys and values may have fewer heads
 * than queries (grouped queries): each serves as many query heads in a row.
 */
export type XrayInput =
  | {
      /** `[…, N, d]` */
      readonly q: TensorLike;
      /** `[…, K, d]` */
      readonly k: TensorLike;
      /** `[…, K, V]` */
      readonly v?: TensorLike | null | undefined;
      /**
       * Added to the scores: `[K]`, `[N, K]`, `[heads, N, K]`, `[layers, heads, N, K]`, or a function of query, key, head and layer. −∞ hides a key, and so does
       * what frameworks write for it, −1e9 or the least number there is.
       */
      readonly bias?: TensorLike | ((query: number, key: number, head: number, layer: number) => number) | undefined;
      /** Which keys a query sees, in all heads: `'causal'`, booleans or 0 and 1 `[K]` or `[N, K]`, or a function of the pair. */
      readonly mask?:
        | 'causal'
        | Parameters<typeof readFlags>[0]
        | ((query: number, key: number) => boolean)
        | undefined;
      /** Multiplies q·k; default 1/√d. */
      readonly scale?: number | undefined;
      /**
       * Log prior of a null component of value 0, which every query sees and which becomes the last key: one number, `[heads]`, or `[layers, heads]`.
       * Not multiplied by the scale.
       */
      readonly sink?: TensorLike | number | undefined;
    }
  | {
      /** −∞ where a key is hidden, or what a bias that hides has made of it. */
      readonly logits: TensorLike;
      readonly v?: TensorLike | null | undefined;
      readonly sink?: TensorLike | number | undefined;
    }
  | { readonly probabilities: TensorLike; readonly v?: TensorLike | null | undefined };

export type PlacedHead = {
  readonly layer: number;
  readonly head: number;
  readonly given: Head;
  /** Whether its last key is the null component. */
  readonly hasNull: boolean;
};

/**
 * The heads of an input, one after another.
 *
 * @throws BAD_SHAPE naming tensors and shapes that do not fit together, NOT_FINITE, BAD_OPTION
 */
export function headsOf(input: XrayInput, where: string): readonly PlacedHead[] {
  if (typeof input !== 'object' || input === null)
    fail(where, 'BAD_DATA', `the head is ${show(input)}, { q, k, v } was due`);
  const kinds = ['q', 'logits', 'probabilities'].filter((name) => name in input);
  if (kinds.length !== 1) {
    const came =
      kinds.length === 0
        ? `came with ${Object.keys(input).join(', ') || 'nothing'}`
        : `came with ${kinds.join(' and ')}`;
    fail(where, 'BAD_DATA', `the head ${came}, one of q with k, logits, or probabilities was due`);
  }
  if ('q' in input) return fromScores(input, where);
  const name = kinds[0] as 'logits' | 'probabilities';
  if (name === 'probabilities' && 'sink' in input)
    fail(where, 'BAD_OPTION', 'a sink came with probabilities; give logits, or its share as one key more, of value 0');
  checkOptions(where, input, name === 'logits' ? ['logits', 'v', 'sink'] : ['probabilities', 'v']);
  const given = asLayers(tensor((input as never)[name] as TensorLike, name, where), name, where);
  const values = optional(input.v, 'v', where);
  if (values !== null) checkNumbers(values, 'v', where);
  const sinks = sinksOf('logits' in input ? input.sink : undefined, given, where);
  return each(given, sinks !== null, (index, layer, head) => {
    const own = name === 'logits' ? withHidden(slice(given, index)) : slice(given, index);
    const v = values && sharedHead(values, { layer, head, of: given, name, mine: 'v', where });
    if (name === 'probabilities') return { probabilities: own, v };
    return sinks === null ? { logits: own, v } : withNull({ logits: own, v }, sinks(layer, head));
  });
}

function fromScores(input: Extract<XrayInput, { q: TensorLike }>, where: string): readonly PlacedHead[] {
  checkOptions(where, input, ['q', 'k', 'v', 'bias', 'mask', 'scale', 'sink']);
  if (input.k === undefined) fail(where, 'BAD_DATA', 'the head came with q without k, both were due');
  const q = asLayers(tensor(input.q, 'q', where), 'q', where);
  const k = asLayers(tensor(input.k, 'k', where), 'k', where);
  const v = optional(input.v, 'v', where);
  const [N, d] = q.shape.slice(-2) as [number, number];
  const K = k.shape[2]!;
  if (d !== k.shape[3])
    fail(
      where,
      'BAD_SHAPE',
      `q has shape [${q.came}] and k [${k.came}]: their last dimensions, the width of a head, must be equal`,
    );
  if (v !== null && v.shape[2] !== K)
    fail(where, 'BAD_SHAPE', `k has shape [${k.came}] and v [${v.came}]: both need as many rows, one a key`);
  for (const [name, one] of [
    ['q', q],
    ['k', k],
    ['v', v],
  ] as const)
    if (one !== null) checkNumbers(one, name, where);
  const scale = input.scale ?? 1 / Math.sqrt(d);
  if (!(typeof scale === 'number' && Number.isFinite(scale)))
    fail(where, 'BAD_OPTION', `scale is ${show(scale)}, a finite number was due`);
  const bias = biasOf(input.bias, { of: q, N, K, where });
  const mask = maskOf(input.mask, { N, K, where });
  const sinks = sinksOf(input.sink, q, where);
  return each(q, sinks !== null, (index, layer, head) => {
    const place = { layer, head, of: q, name: 'q', where };
    const own = {
      q: slice(q, index),
      k: sharedHead(k, { ...place, mine: 'k' }),
      v: v && sharedHead(v, { ...place, mine: 'v' }),
      bias: bias(layer, head),
      mask,
      scale,
    };
    return sinks === null ? own : withNull(own, sinks(layer, head));
  });
}

/** Where numbers are no log priors any more, but what frameworks add to hide a key. */
const HIDES = -5e8;

function hiding(score: number): number {
  return score <= HIDES ? Number.NEGATIVE_INFINITY : score;
}

/** Copied where something is to be changed. */
function withHidden(given: Matrix): Matrix {
  const isHiding = given.data.some((score) => score <= HIDES && score !== Number.NEGATIVE_INFINITY);
  return isHiding ? { ...given, data: given.data.map(hiding) } : given;
}

function checkNumbers({ shape, data, came }: LayerTensor, name: string, where: string): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const [rows, cols] = shape.slice(-2) as [number, number];
  const place = `head ${Math.floor(at / (rows * cols))}, row ${Math.floor(at / cols) % rows}, column ${at % cols}`;
  fail(
    where,
    'NOT_FINITE',
    `${name} of shape [${came}] has ${data[at]} in ${place} (counted from 0), a finite number was due`,
  );
}

function each(
  of: Tensor,
  hasNull: boolean,
  make: (index: number, layer: number, head: number) => Head,
): readonly PlacedHead[] {
  const [layers, heads] = of.shape as [number, number];
  return Array.from({ length: layers * heads }, (_, index) => {
    const [layer, head] = [Math.floor(index / heads), index % heads];
    return { layer, head, given: make(index, layer, head), hasNull };
  });
}

type Sharing = {
  readonly layer: number;
  readonly head: number;
  readonly of: LayerTensor;
  readonly name: string;
  readonly mine: string;
  readonly where: string;
};

/** The head of keys or values that serves a head of queries. */
function sharedHead(own: LayerTensor, { layer, head, of, name, mine, where }: Sharing): Matrix {
  const [layers, heads] = of.shape as [number, number];
  const groups = own.shape[1]!;
  if (own.shape[0] !== layers || heads % groups !== 0)
    fail(
      where,
      'BAD_SHAPE',
      `${name} has shape [${of.came}] and ${mine} [${own.came}]: as many layers were due, and a number of heads that divides ${heads}`,
    );
  return slice(own, layer * groups + Math.floor(head / (heads / groups)));
}

function optional(given: TensorLike | null | undefined, name: string, where: string): LayerTensor | null {
  return given === undefined || given === null ? null : asLayers(tensor(given, name, where), name, where);
}

type Sides = { readonly of: Tensor; readonly N: number; readonly K: number; readonly where: string };

function biasOf(
  given: TensorLike | ((query: number, key: number, head: number, layer: number) => number) | undefined,
  { of, N, K, where }: Sides,
): (layer: number, head: number) => HeadBias | undefined {
  if (given === undefined) return () => undefined;
  if (typeof given === 'function') return (layer, head) => (query, key) => hiding(given(query, key, head, layer));
  const own = tensor(given, 'bias', where);
  if (own.shape.length === 1 && own.shape[0] === K) return () => Float64Array.from(own.data, hiding);
  const all = own.shape.length >= 2 ? asLayers(own, 'bias', where) : own;
  const [layers, heads, rows, cols] = all.shape;
  const fits =
    all.shape.length === 4 &&
    cols === K &&
    rows === N &&
    (heads === 1 || heads === of.shape[1]) &&
    (layers === 1 || layers === of.shape[0]);
  if (!fits)
    fail(
      where,
      'BAD_SHAPE',
      `bias has shape [${own.shape}], [${K}], [${N}, ${K}] or [${of.shape[1]}, ${N}, ${K}] was due`,
    );
  return (layer, head) => withHidden(slice(all, (layers === 1 ? 0 : layer) * heads! + (heads === 1 ? 0 : head)));
}

function maskOf(
  given: Extract<XrayInput, { q: TensorLike }>['mask'],
  { N, K, where }: Omit<Sides, 'of'>,
): HeadMask | undefined {
  if (given === undefined || given === 'causal' || typeof given === 'function') return given;
  const { data, shape } = readFlags(given, { where, advice: '; numbers that are added to scores go to `bias`' });
  if (shape === null && data.length === K) return data;
  const [rows, cols] = shape ?? [N, data.length / N];
  if (rows === 1 && cols === K) return data;
  if (rows !== N || cols !== K)
    fail(where, 'BAD_SHAPE', `mask has shape [${shape ?? data.length}], [${K}] or [${N}, ${K}] was due`);
  return { data, rows, cols };
}
