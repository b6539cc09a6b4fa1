import { dense, type MatrixLike, type TensorLike } from '@mixtention/core';
import { checkOptions, counted, fail } from '@mixtention/core/base';
import type { OnExecutor } from './blocks-of-queries.ts';
import type { AttendHeadsOptions, AttendOptions, Heads } from './types.ts';

const ATTEND_OPTIONS: readonly string[] = [
  'bias',
  'mask',
  'positions',
  'sink',
  'scale',
  'logitScale',
  'backend',
  'executor',
  'signal',
  'responsibilities',
  'labels',
  'variance',
  'valueVariance',
];
/** Options that only several heads have. */
const HEADS_OPTIONS: readonly string[] = ['headBias', 'headPositions'];

/** One head of several, with the options that are its own. */
export type Head = {
  /** Package and function, and which head of several: for messages */
  readonly where: string;
  readonly q: MatrixLike;
  readonly k: MatrixLike;
  readonly v: MatrixLike | null;
  readonly options: AttendOptions;
  /** Which of the key heads it reads */
  readonly group: number;
};

/** Whether several matrices came instead of one. */
export function isHeads(input: MatrixLike | Heads): input is Heads {
  if (typeof input !== 'object' || input === null) return false;
  if ('shape' in input) return input.shape?.length === 3;
  if (!Array.isArray(input)) return false;
  const first: unknown = input[0];
  if (Array.isArray(first)) return typeof first[0] === 'object' && first[0] !== null;
  return typeof first === 'object' && first !== null && !ArrayBuffer.isView(first);
}

/**
 * One head, or the heads one by one, with options that are known.
 *
 * @throws BAD_SHAPE, BAD_OPTION
 */
export function headsOf(
  where: string,
  q: MatrixLike | Heads,
  k: MatrixLike | Heads,
  v: MatrixLike | Heads | null,
  options: (AttendOptions | AttendHeadsOptions) & Partial<OnExecutor>,
): readonly Head[] {
  if (options.signal !== undefined && options.executor === undefined)
    fail(where, 'BAD_OPTION', 'a signal came without an executor: what runs in this thread cannot be stopped');
  if (isHeads(q)) {
    checkOptions(where, options, [...ATTEND_OPTIONS, ...HEADS_OPTIONS]);
    return eachHead(where, q, k as Heads, v as Heads | null, options as AttendHeadsOptions);
  }
  checkOptions(where, options, ATTEND_OPTIONS);
  return [{ where, q, k: k as MatrixLike, v: v as MatrixLike | null, options: options as AttendOptions, group: 0 }];
}

/**
 * The heads one by one: keys and values may have fewer, each for as many query heads in order.
 *
 * @throws BAD_SHAPE naming what has how many heads
 */
function eachHead(where: string, q: Heads, k: Heads, v: Heads | null, options: AttendHeadsOptions): readonly Head[] {
  const queries = listOf(where, 'queries', q);
  const keys = listOf(where, 'keys', k);
  const values = v === null ? null : listOf(where, 'values', v);
  const H = queries.length;
  const G = keys.length;
  if (H % G !== 0)
    fail(
      where,
      'BAD_SHAPE',
      `${counted(G, 'head')} of keys cannot be shared evenly by ${counted(H, 'head')} of queries`,
    );
  if (values !== null && values.length !== G)
    fail(
      where,
      'BAD_SHAPE',
      `${counted(values.length, 'head')} of values came with ${counted(G, 'head')} of keys; each needs its own`,
    );
  const { headBias, headPositions, sink, valueVariance, ...shared } = options;
  const variances = valueVariance === undefined ? null : listOf(where, 'variances of the values', valueVariance);
  const sinks = typeof sink === 'object' ? sink : undefined;
  for (const [name, given, due] of [
    ['headBias', headBias, H],
    ['headPositions', headPositions, H],
    ['sink', sinks, H],
    ['valueVariance', variances ?? undefined, G],
  ] as const)
    if (given !== undefined && given.length !== due)
      fail(
        where,
        'BAD_SHAPE',
        `${name} holds ${counted(given.length, 'entry', 'entries')}, one for each of ${counted(due, 'head')} was due`,
      );
  return queries.map((own, h) => {
    const group = Math.floor(h / (H / G));
    return {
      where: H > 1 ? `${where}, head ${h}` : where,
      q: own,
      k: keys[group]!,
      v: values === null ? null : values[group]!,
      group,
      options: {
        ...shared,
        bias: headBias?.[h] ?? shared.bias,
        positions: headPositions?.[h] ?? shared.positions,
        sink: typeof sink === 'object' ? sink[h] : sink,
        valueVariance: variances?.[group],
      },
    };
  });
}

/** Views of one array, or the list as it came. */
export function listOf(where: string, name: string, input: Heads): readonly MatrixLike[] {
  if (!isHeads(input)) fail(where, 'BAD_SHAPE', `the ${name} are one matrix, heads of them were due`);
  if (Array.isArray(input)) {
    if (input.length === 0) fail(where, 'BAD_SHAPE', `the ${name} have no heads`);
    return input as readonly MatrixLike[];
  }
  const table = input as Exclude<Heads, readonly MatrixLike[]>;
  const [H, rows, cols] = table.shape;
  const all = 'dataSync' in table ? (table as TensorLike).dataSync() : table.data;
  // Whether its numbers are finite is seen head by head.
  const { data } = dense({ data: all, shape: [H * rows, cols] }, where);
  return Array.from({ length: H }, (_, h) => ({
    data: data.subarray(h * rows * cols, (h + 1) * rows * cols),
    rows,
    cols,
  }));
}
