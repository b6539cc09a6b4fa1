import type { Backend, PositionBias, Reading, Scores } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import { sureBackward } from '../attend/sure-backward.ts';
import { sureRead } from '../attend/sure-read.ts';
import { emptyRows, type Float64Rows } from '../rows.ts';
import { cut, paste } from './blocks.ts';

/** How the rows of an attention layer are cut into sequences and heads. */
export type Sequences = {
  readonly heads: number;
  readonly length?: number | undefined;
  readonly keyLength?: number | undefined;
  readonly causal?: boolean | undefined;
};

/** Sequences, tokens of one, and keys of one. */
export function cutSequences(
  queries: number,
  keys: number,
  { length, keyLength, causal }: Sequences,
): { readonly sequences: number; readonly N: number; readonly K: number } {
  const N = length ?? queries;
  const K = keyLength ?? (length === undefined ? keys : N);
  const sequences = queries / N;
  if (!Number.isInteger(sequences) || keys !== sequences * K)
    fail(
      'attention/attentionLayer',
      'BAD_SHAPE',
      `${counted(queries, 'row')} of queries and ${keys} of keys are no sequences of ${N} and ${K}`,
    );
  if (causal && N > K)
    fail(
      'attention/attentionLayer',
      'BAD_SHAPE',
      `causal queries are the last tokens of the keys: of ${counted(N, 'query', 'queries')} beside ${counted(K, 'key')} the first ${N - K} would see none`,
    );
  return { sequences, N, K };
}

type Block = {
  readonly queries: Float64Rows;
  readonly scores: Scores;
  readonly values: Float64Rows;
  readonly reading: Reading;
};

type AppliedHeads = {
  readonly output: Float64Rows;
  pullback(upstream: Float64Rows): {
    readonly queries: Float64Rows;
    readonly keys: Float64Rows;
    readonly values: Float64Rows;
  };
};

/** Attention of every head in every sequence, output side by side as `output` of the layer takes it. */
export function attendAll(
  q: Float64Rows,
  k: Float64Rows,
  v: Float64Rows,
  cuts: Sequences,
  backend: Backend,
): AppliedHeads {
  const { heads, causal } = cuts;
  const { sequences, N, K } = cutSequences(q.rows, k.rows, cuts);
  const d = q.cols / heads;
  const scale = 1 / Math.sqrt(d);
  const bias = new Float64Array(K);
  const positions = causal ? causalPositions(N, K) : undefined;
  const options = { ...(positions && { positions }) };
  const output = emptyRows(q.rows, q.cols);
  const blocks: Block[] = [];
  for (let s = 0; s < sequences; s++)
    for (let h = 0; h < heads; h++) {
      const queries = cut(q, s * N, N, h * d, d);
      const natural = cut(k, s * K, K, h * d, d).data;
      for (let i = 0; i < natural.length; i++) natural[i]! *= scale;
      const term = { form: 'linear', statistics: identity.none, columns: null, width: d, natural } as const;
      const scores: Scores = { components: K, bias, terms: [term] };
      const values = cut(v, s * K, K, h * d, d);
      const reading = sureRead(backend, queries, scores, values, options);
      paste(reading.output.data, output, s * N, N, h * d, d, 1);
      blocks.push({ queries, scores, values, reading });
    }
  return {
    output,
    pullback(upstream: Float64Rows): {
      readonly queries: Float64Rows;
      readonly keys: Float64Rows;
      readonly values: Float64Rows;
    } {
      const [ofQ, ofK, ofV] = [emptyRows(q.rows, q.cols), emptyRows(k.rows, k.cols), emptyRows(v.rows, v.cols)];
      blocks.forEach(({ queries, scores, values, reading }, i) => {
        const [s, h] = [Math.floor(i / heads), i % heads];
        const gradient = { output: cut(upstream, s * N, N, h * d, d) };
        const back = sureBackward(backend, queries, scores, values, { reading, gradient }, options);
        paste(back.queries[0]!.data, ofQ, s * N, N, h * d, d, 1);
        paste(back.natural[0]!, ofK, s * K, K, h * d, d, scale);
        paste(back.values.data, ofV, s * K, K, h * d, d, 1);
      });
      return { queries: ofQ, keys: ofK, values: ofV };
    },
  };
}

/** Query n is the token K − N + n; each token has so many keys. */
export function causalPositions(N: number, K: number, keysEach = 1): PositionBias {
  return {
    causal: true,
    queries: Float64Array.from({ length: N }, (_, n) => K - N + n),
    keys: Float64Array.from({ length: K * keysEach }, (_, k) => Math.floor(k / keysEach)),
  };
}
