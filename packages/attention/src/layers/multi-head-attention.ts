import { type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, counted, fail } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import type { AttendHeadsOptions, AttentionReading } from '../attend/types.ts';
import { joinColumns, splitColumns } from './head-columns.ts';
import { project } from './project.ts';

/** The four linear maps of an attention layer; rows are multiplied from the left (`x·W + b`), heads lie side by side in the columns. */
export type AttentionWeights = {
  /** `[D, H·d]` */
  readonly query: MatrixLike;
  /** `[D, H·d]` */
  readonly key: MatrixLike;
  /** `[D, H·V]` */
  readonly value: MatrixLike;
  /** `[H·V, E]` */
  readonly output: MatrixLike;
  readonly queryBias?: ArrayLike<number>;
  readonly keyBias?: ArrayLike<number>;
  readonly valueBias?: ArrayLike<number>;
  readonly outputBias?: ArrayLike<number>;
};

/** What `attend` knows of several heads, and how many there are. */
export type MultiHeadOptions = Omit<AttendHeadsOptions, 'labels' | 'variance' | 'valueVariance'> & {
  /** H; the columns of query, key and value weights are cut into this many equal parts. */
  readonly heads: number;
};

/** `output` `[N, E]` of the layer, and what each of its heads read: output `[N, V]`, evidence `[N]`, responsibilities on demand. */
export type MultiHeadReading = { readonly output: Matrix; readonly heads: readonly AttentionReading[] };

export const MULTI_HEAD_OPTIONS: readonly string[] = [
  'heads',
  'mask',
  'bias',
  'headBias',
  'positions',
  'headPositions',
  'sink',
  'scale',
  'logitScale',
  'backend',
  'responsibilities',
];

/**
 * Multi-head attention: H independent mixtures over the same keys, each seen in its own columns, whose posterior means are added up.
 *
 *     o = [o_1 … o_H]·W_O + b_O     o_h = attend(q·W_Q^h, k·W_K^h, v·W_V^h)
 *
 * @param q  `[N, D]`
 * @param k  `[K, D]`
 * @param v  `[K, D]`
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, and BAD_DATA where a query sees no key, each in one sentence
 *
 * Cost: the four maps in float64 (N·D·H·d multiply–adds and alike), and H times `attend`.
 * Source: Vaswani et al. (2017), sec. 3.2.2.
 *
 * @example
 * const eye = [[1, 0], [0, 1]];
 * const weights = { query: eye, key: eye, value: eye, output: eye };
 * const { output, heads } = multiHeadAttention([[1, 2]], [[1, 0], [0, 1]], [[1, 0], [0, 1]], weights, { heads: 2 });
 * output.data; // [0.73, 0.88]
 * heads[0].logEvidence; // [1.31]: under the first latent
 */
export function multiHeadAttention(
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike,
  weights: AttentionWeights,
  options: MultiHeadOptions,
): MultiHeadReading {
  const where = 'attention/multiHeadAttention';
  checkOptions(where, options, MULTI_HEAD_OPTIONS);
  const { heads, ...rest } = options;
  const map = (x: Matrix, name: 'query' | 'key' | 'value' | 'output'): Matrix => {
    const own = { weights: matrix(weights[name], where), bias: weights[`${name}Bias`], name, backend: rest.backend };
    return project(x, own, where);
  };
  const queries = split(map(matrix(q, where), 'query'), heads, 'query');
  const keys = split(map(matrix(k, where), 'key'), heads, 'key');
  const values = split(map(matrix(v, where), 'value'), heads, 'value');
  const readings = attend(queries, keys, values, rest);
  readings.forEach(({ logEvidence }, head) => {
    const n = logEvidence.indexOf(Number.NEGATIVE_INFINITY);
    if (n >= 0)
      fail(
        where,
        'BAD_DATA',
        `query ${n} of ${logEvidence.length}, head ${head} (both counted from 0) sees none of ${counted(keys[0]!.rows, 'key')}, mask, bias or positions hide them all; attend alone gives such a query output 0`,
      );
  });
  const joined = joinColumns(readings.map((reading) => reading.output));
  return { output: map(joined, 'output'), heads: readings };
}

/** The columns of each head. */
function split(m: Matrix, heads: number, name: string): Matrix[] {
  if (!(Number.isInteger(heads) && heads > 0 && m.cols % heads === 0)) {
    fail(
      'attention/multiHeadAttention',
      'BAD_OPTION',
      `the ${name} weights have ${counted(m.cols, 'column')}, which ${counted(heads, 'head')} cannot share evenly`,
    );
  }
  return splitColumns(m, heads);
}
