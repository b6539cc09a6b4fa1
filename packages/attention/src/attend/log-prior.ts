import { dense, type MatrixLike, type PairBias, type PositionBias } from '@mixtention/core';
import { counted, fail, show } from '@mixtention/core/base';
import { checkFlag, type FlagList, type FlagTable, readFlags } from '../read-flags.ts';
import { type AttentionPositions, placesOf, positionBias, type Sides } from './attention-positions.ts';
import { readRelative, relativeBias } from './relative-bias.ts';

/** What is added to the scores: one value a key `[K]`, one a pair `[N, K]`, or a function of the pair (never stored). −∞ masks. */
export type AttentionBias =
  | readonly number[]
  | Float64Array
  | Float32Array
  | MatrixLike
  | ((query: number, key: number) => number);

/**
 * What a query may attend to: true (or 1) is visible, false (or 0) is hidden. Numbers that are added to scores are a bias, and refused here.
 *
 * One flag a key `[K]`, one a pair `[N, K]`, a function of the pair, or `'causal'`: query i sees the keys 0 … i + K − N. So with as many
 * queries as keys a token sees itself and those before it, and with fewer the queries are the last N positions, as when decoding.
 */
export type AttentionMask = 'causal' | FlagList | FlagTable | ((query: number, key: number) => boolean);

/** What `attend` is told of its prior. */
export type PriorOptions = {
  readonly bias?: AttentionBias | undefined;
  readonly mask?: AttentionMask | undefined;
  readonly positions?: AttentionPositions | undefined;
};

/** A log prior over keys: `bias` `[K]` for every query, `pairBias` for what differs between queries, `positions` for what follows from them. */
export type LogPrior = {
  readonly bias: Float64Array;
  readonly pairBias?: PairBias;
  readonly positions?: PositionBias;
};

type Out = Float64Array | Float32Array;
type AddRow = (query: number, out: Out, at: number) => void;
const ADVICE = '; numbers that are added to scores, as 0 and −∞, go to `bias`';

/**
 * Bias and mask as the kernel takes them, times T: a mask is a bias of 0 and −∞, and biases add; what is hidden stays hidden.
 *
 * What functions generate is filled in tile by tile, so N×K is never held; causal masks are positions, which nobody fills in.
 *
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION or BAD_DATA, each in one sentence
 *
 * Cost: N·K additions where something differs between queries, else none.
 */
export function logPrior({ bias, mask, positions }: PriorOptions, sides: Sides, logitScale: number): LogPrior {
  const perKey = new Float64Array(sides.keys);
  const rows: AddRow[] = [];
  if (bias !== undefined) addBias(bias, sides, perKey, rows);
  if (mask !== undefined && mask !== 'causal') addMask(mask, sides, perKey, rows);
  if (positions?.relative !== undefined) {
    const add = relativeBias(readRelative(sides.where, positions.relative), placesOf(positions, sides));
    rows.push((query, out, at) => add(query, 1, out.subarray(at, at + sides.keys)));
  }
  const places = positionBias({ ...positions, ...(mask === 'causal' && { causal: true }) }, sides);
  const times = (b: number): number => (logitScale === 1 ? b : logitScale * b);
  return {
    bias: perKey.map(times),
    ...(rows.length > 0 && { pairBias: fillFrom(rows, sides.keys, logitScale) }),
    ...(places && { positions: { ...places, alibi: times(places.alibi ?? 0) } }),
  };
}

/** Rows are added up in float64, whatever they are filled into: what they are rounded to does not depend on who reads them. */
function fillFrom(rows: readonly AddRow[], K: number, logitScale: number): PairBias {
  const own = new Float64Array(K);
  return (start, count, out) => {
    for (let i = 0; i < count; i++) {
      own.fill(0);
      for (const add of rows) add(start + i, own, 0);
      if (logitScale !== 1) for (let k = 0; k < K; k++) own[k]! *= logitScale;
      out.set(own, i * K);
    }
  };
}

function addBias(bias: AttentionBias, sides: Sides, perKey: Float64Array, rows: AddRow[]): void {
  const { where, queries, keys } = sides;
  if (typeof bias === 'function') {
    rows.push((query, out, at) => {
      for (let k = 0; k < keys; k++) out[at + k]! += checkBias(bias(query, k), `query ${query}, key ${k}`, where);
    });
    return;
  }
  const flat = isFlat(bias) ? bias : null;
  if (flat !== null) {
    if (flat.length !== keys)
      fail(
        where,
        'BAD_SHAPE',
        `the bias holds ${counted(flat.length, 'number')}, one for each of ${counted(keys, 'key')} was due`,
      );
    for (let k = 0; k < keys; k++) perKey[k]! += checkBias(flat[k], `key ${k}`, where);
    return;
  }
  const { data: pairs, rows: height, cols } = dense(bias as MatrixLike, where);
  checkPairs([height, cols], 'bias', sides);
  for (let i = 0; i < pairs.length; i++) checkBias(pairs[i], `query ${Math.floor(i / keys)}, key ${i % keys}`, where);
  if (queries === 1) for (let k = 0; k < keys; k++) perKey[k]! += pairs[k]!;
  else rows.push((query, out, at) => addSlice(pairs, query * keys, keys, out, at));
}

function addMask(mask: Exclude<AttentionMask, 'causal'>, sides: Sides, perKey: Float64Array, rows: AddRow[]): void {
  const { where, queries, keys } = sides;
  const reader = { where, advice: ADVICE };
  if (typeof mask === 'function') {
    rows.push((query, out, at) =>
      hide(out, at, keys, (k) => checkFlag(mask(query, k), `query ${query}, key ${k}`, reader)),
    );
    return;
  }
  if (typeof mask === 'string')
    fail(where, 'BAD_OPTION', `the mask is ${show(mask)}, 'causal' or visible keys were due`);
  const { data, shape } = readFlags(mask, reader);
  if (shape === null && data.length === keys) {
    hide(perKey, 0, keys, (k) => data[k] === 1);
    return;
  }
  if (shape === null && data.length !== queries * keys) {
    fail(
      where,
      'BAD_SHAPE',
      `the mask holds ${counted(data.length, 'value')}, one for each of ${counted(keys, 'key')} or one for each of ${queries} × ${keys} pairs was due`,
    );
  }
  if (shape !== null) checkPairs(shape, 'mask', sides);
  rows.push((query, out, at) => hide(out, at, keys, (k) => data[query * keys + k] === 1));
}

function isFlat(input: AttentionBias): input is readonly number[] | Float64Array | Float32Array {
  return ArrayBuffer.isView(input) || (Array.isArray(input) && !isRow(input[0]));
}

function isRow(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function checkPairs([rows, cols]: readonly [number, number], name: string, { where, queries, keys }: Sides): void {
  if (rows === queries && cols === keys) return;
  fail(where, 'BAD_SHAPE', `the ${name} has shape [${rows}, ${cols}], [${queries}, ${keys}] (queries × keys) was due`);
}

function checkBias(value: number | undefined, place: string, where: string): number {
  if (typeof value === 'number' && value < Number.POSITIVE_INFINITY) return value;
  return fail(where, 'NOT_FINITE', `the bias of ${place} (counted from 0) is ${value}, a finite number or −∞ was due`);
}

function addSlice(from: ArrayLike<number>, start: number, count: number, out: Out, at: number): void {
  for (let k = 0; k < count; k++) out[at + k]! += from[start + k]!;
}

function hide(out: Out, at: number, keys: number, visible: (key: number) => boolean): void {
  for (let k = 0; k < keys; k++) if (!visible(k)) out[at + k] = Number.NEGATIVE_INFINITY;
}
