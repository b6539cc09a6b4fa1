import { type Backend, type Matrix, type MatrixLike, matrix, type Reading } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import type { AttentionPositions } from '../attend/attention-positions.ts';
import type { AttentionBias, AttentionMask } from '../attend/log-prior.ts';
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

export type MultiHeadOptions = {
  /** H; the columns of query, key and value weights are cut into this many equal parts. */
  readonly heads: number;
  /** Which keys a query may see, in every head. */
  readonly mask?: AttentionMask | undefined;
  /** Log prior of the keys, in every head. */
  readonly bias?: AttentionBias | undefined;
  /** Log prior of the keys of each head `[H]`, in place of `bias`. */
  readonly headBias?: readonly AttentionBias[] | undefined;
  /** Causal masks, windows and ALiBi, in every head. */
  readonly positions?: AttentionPositions | undefined;
  /** Those of each head `[H]`, in place of `positions`: the slopes of ALiBi differ from head to head. */
  readonly headPositions?: readonly AttentionPositions[] | undefined;
  /** Multiplies q·k; default 1/√d with the width d of one head. */
  readonly scale?: number | undefined;
  /** T, which multiplies all scores, the bias included, in every head; default 1. */
  readonly logitScale?: number | undefined;
  /** Where the kernel runs; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
  /** Also return the responsibilities of each head. */
  readonly responsibilities?: boolean | undefined;
};

/** `output` `[N, E]` of the layer, and what each of its heads read: output `[N, V]`, evidence `[N]`, responsibilities on demand. */
export type MultiHeadReading = { readonly output: Matrix; readonly heads: readonly Reading[] };

export const MULTI_HEAD_OPTIONS: readonly string[] = [
  'heads',
  'mask',
  'bias',
  'headBias',
  'positions',
  'headPositions',
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
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, each in one sentence
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
  const { heads, headBias, bias, headPositions, positions, ...rest } = options;
  for (const [name, given] of Object.entries({ headBias, headPositions })) {
    if (given !== undefined && given.length !== heads)
      fail(where, 'BAD_SHAPE', `${name} holds ${given.length} entries, one for each of ${heads} heads was due`);
  }
  const queries = split(
    project(matrix(q, where), matrix(weights.query, where), weights.queryBias, 'query', where),
    heads,
    'query',
  );
  const keys = split(
    project(matrix(k, where), matrix(weights.key, where), weights.keyBias, 'key', where),
    heads,
    'key',
  );
  const values = split(
    project(matrix(v, where), matrix(weights.value, where), weights.valueBias, 'value', where),
    heads,
    'value',
  );
  const readings = queries.map((query, h) =>
    attend(query, keys[h]!, values[h]!, {
      ...rest,
      bias: headBias?.[h] ?? bias,
      positions: headPositions?.[h] ?? positions,
    }),
  );
  const joined = join(readings.map((reading) => reading.output));
  const output = project(joined, matrix(weights.output, where), weights.outputBias, 'output', where);
  return { output, heads: readings };
}

/** Equal parts of the columns, each packed. */
function split(m: Matrix, heads: number, name: string): Matrix[] {
  if (!(Number.isInteger(heads) && heads > 0 && m.cols % heads === 0)) {
    fail(
      'attention/multiHeadAttention',
      'BAD_OPTION',
      `the ${name} weights have ${m.cols} columns, which ${heads} heads cannot share evenly`,
    );
  }
  const cols = m.cols / heads;
  return Array.from({ length: heads }, (_, h) => {
    const data = new Float64Array(m.rows * cols);
    for (let n = 0; n < m.rows; n++)
      data.set(m.data.subarray(n * m.cols + h * cols, n * m.cols + (h + 1) * cols), n * cols);
    return { data, rows: m.rows, cols };
  });
}

/** Matrices of equal height side by side. */
function join(parts: readonly Matrix[]): Matrix {
  const { rows, cols } = parts[0]!;
  const data = new Float64Array(rows * cols * parts.length);
  parts.forEach((part, h) => {
    for (let n = 0; n < rows; n++)
      data.set(part.data.subarray(n * cols, (n + 1) * cols), (n * parts.length + h) * cols);
  });
  return { data, rows, cols: cols * parts.length };
}
