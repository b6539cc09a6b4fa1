import type { WhitenedTerm } from '../contracts/index.ts';
import { factorRows } from '../kernel/check.ts';
import type { Tf } from './tf.ts';
import { MASKED, padComponents, type ScoreSetting, type TermScores, TILE_SCORES } from './tfjs-scores.ts';

/** ½‖c_k‖² is at most so large a row of the factor. */
const MOST_TERM = 15;

/**
 * A whitened term with one factor, `y = W x` made once for all components, in two products, of [B, C] with [C, R] and of [B, R] with [R, K]:
 *
 *     b_k − ½‖y − c_k‖² = (b_k − ½‖c_k‖²) + c_k·y − ½‖y‖²
 *
 * @returns null where ½‖c_k‖² is so large beside what it is a part of that float32 would lose digits which distances keep
 */
export function sharedScores(tf: Tf, term: WhitenedTerm, { K, bias, stride }: ScoreSetting): TermScores | null {
  const { width: C, factor, offset } = term;
  const R = factorRows(term, K);
  const isOff = (k: number): boolean => bias !== null && bias[k]! <= MASKED;
  for (let k = 0; k < K; k++) if (!isOff(k) && !(halfSquare(offset, k, R) <= MOST_TERM * R)) return null;
  const padded = padComponents(K);
  const wide = padComponents(R + 1);
  const whitener = new Float32Array(stride * wide);
  for (let i = 0; i < R; i++) for (let j = 0; j < C; j++) whitener[j * wide + i] = factor[i * C + j]!;
  // Constants are a row, since y carries a column of ones, whose square is taken away with those of y.
  const keys = new Float32Array(wide * padded);
  for (let k = 0; k < padded; k++) {
    const isThere = k < K && !isOff(k);
    const masked = bias === null ? 0.5 : MASKED;
    keys[R * padded + k] = isThere ? (bias?.[k] ?? 0) - halfSquare(offset, k, R) + 0.5 : masked;
    if (isThere) for (let i = 0; i < R; i++) keys[i * padded + k] = offset[k * R + i]!;
  }
  const [W, H] = [tf.keep(tf.tensor2d(whitener, [stride, wide])), tf.keep(tf.tensor2d(keys, [wide, padded]))];
  const one = tf.keep(tf.tensor1d(Float32Array.from({ length: wide }, (_, i) => Number(i === R))));
  return {
    mostRows: TILE_SCORES / Math.max(padded, wide),
    open(tile) {
      const y = tf.add(tf.matMul(tile.x(), W), one);
      return tf.sub(tf.matMul(y, H), tf.mul(tf.sum(tf.square(y), 1, true), 0.5));
    },
    dispose: () => tf.dispose([W, H, one]),
  };
}

/** ½‖c_k‖² */
function halfSquare(offset: Float64Array, k: number, R: number): number {
  return offset.subarray(k * R, (k + 1) * R).reduce((sum, c) => sum + c * c, 0) / 2;
}
