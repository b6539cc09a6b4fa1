import { type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import {
  type AttentionWeights,
  MULTI_HEAD_OPTIONS,
  type MultiHeadOptions,
  type MultiHeadReading,
  multiHeadAttention,
} from './multi-head-attention.ts';

export type SelfAttentionOptions = MultiHeadOptions & {
  /** A token sees itself and those before it. */
  readonly causal?: boolean | undefined;
};

/**
 * Self-attention: every token is a datum, and one component of the mixture that explains the others.
 *
 * The evidence of a token counts the token itself among the components; without it L falls by −log(1 − r_nn). Under a causal mask the
 * prior of token n has weight 1 on n + 1 tokens: subtract log(n + 1) before comparing positions.
 *
 * @param x  tokens `[N, D]`
 * @returns as `multiHeadAttention` with q = k = v = x
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, and BAD_DATA where a token sees none, each in one sentence
 *
 * Cost: as `multiHeadAttention`; N×N is never held.
 *
 * @example
 * const eye = [[1, 0], [0, 1]];
 * const weights = { query: eye, key: eye, value: eye, output: eye };
 * const { output } = selfAttention([[1, 2], [3, 4], [5, 6]], weights, { heads: 1, causal: true });
 * output.data.subarray(0, 2); // [1, 2]: the first token sees itself alone
 */
export function selfAttention(
  x: MatrixLike,
  weights: AttentionWeights,
  options: SelfAttentionOptions,
): MultiHeadReading {
  const where = 'attention/selfAttention';
  checkOptions(where, options, ['causal', ...MULTI_HEAD_OPTIONS]);
  const { causal = false, ...rest } = options;
  if (causal && rest.mask !== undefined) fail(where, 'BAD_OPTION', 'causal and mask came together; give one of them');
  const tokens = matrix(x, where);
  return multiHeadAttention(tokens, tokens, tokens, weights, causal ? { ...rest, mask: 'causal' } : rest);
}
