import type { WhitenedTerm } from '../contracts/index.ts';
import { factorRows } from '../kernel/check.ts';
import type { Tf } from './tf.ts';
import { MASKED, padComponents, type ScoreSetting, type TermScores, TILE_SCORES } from './tfjs-scores.ts';

/** ½‖c_k‖² is at most so large a row of the factor. */
const MOST_TERM = 30;

/**
 * A whitened term with one factor, `y = W x` made once for all components:
 *
 *     b_k − ½‖y − c_k‖² = (b_k − ½‖c_k‖²) + c_k·y − ½‖y‖²
 *
 * Two products, of [B, C] with [C, R] and of [B, R] with [R, K]. Constants stand in two rows of the second, since y carries two columns of ones:
 * what float32 rounds away of the first is in the other. So is what it rounds away of W and of c, on average over the rows of a component: it would be one
 * error for all of them, which changes from step to step.
 *
 * @returns null where ½‖c_k‖² is so large beside what it is a part of that float32 would lose digits which distances keep
 */
export function sharedScores(tf: Tf, term: WhitenedTerm, { K, bias, stride }: ScoreSetting): TermScores | null {
  const { width: C, factor, offset } = term;
  const R = factorRows(term, K);
  const isOff = (k: number): boolean => bias !== null && bias[k]! <= MASKED;
  for (let k = 0; k < K; k++) if (!isOff(k) && !(halfSquare(offset, k, R) <= MOST_TERM * R)) return null;
  const padded = padComponents(K);
  const wide = padComponents(R + 2);
  const lost = lostOfFactor(term, R);
  const whitener = new Float32Array(stride * wide);
  for (let i = 0; i < R; i++) for (let j = 0; j < C; j++) whitener[j * wide + i] = factor[i * C + j]!;
  const keys = new Float32Array(wide * padded);
  const setConstant = (k: number, value: number): void => {
    keys[R * padded + k] = value;
    keys[(R + 1) * padded + k] = value - keys[R * padded + k]!;
  };
  for (let k = 0; k < padded; k++) {
    if (k >= K || isOff(k)) {
      setConstant(k, bias === null ? 0 : MASKED);
      continue;
    }
    let constant = (bias?.[k] ?? 0) - halfSquare(offset, k, R) + lost;
    for (let i = 0; i < R; i++) {
      const c = offset[k * R + i]!;
      keys[i * padded + k] = c;
      constant += c * (c - keys[i * padded + k]!);
    }
    // The squares of the ones, which are taken away with those of y.
    setConstant(k, constant + 1);
  }
  const [W, H] = [tf.keep(tf.tensor2d(whitener, [stride, wide])), tf.keep(tf.tensor2d(keys, [wide, padded]))];
  const ones = tf.keep(tf.tensor1d(Float32Array.from({ length: wide }, (_, i) => Number(i === R || i === R + 1))));
  return {
    mostRows: TILE_SCORES / Math.max(padded, wide),
    open(tile) {
      const y = tf.add(tf.matMul(tile.x(), W), ones);
      return tf.sub(tf.matMul(y, H), tf.mul(tf.sum(tf.square(y), 1, true), 0.5));
    },
    dispose: () => tf.dispose([W, H, ones]),
  };
}

/** ½‖c_k‖² */
function halfSquare(offset: Float64Array, k: number, R: number): number {
  return offset.subarray(k * R, (k + 1) * R).reduce((sum, c) => sum + c * c, 0) / 2;
}

/** `tr((W₃₂ − W) W⁻¹)`: how much larger ½‖W₃₂ x − c‖² is on average than ½‖W x − c‖² over rows that W whitens. */
function lostOfFactor({ factor, width: C, triangular }: WhitenedTerm, R: number): number {
  let lost = 0;
  for (let i = 0; triangular && i < R; i++) lost += Math.fround(factor[i * C + i]!) / factor[i * C + i]! - 1;
  return lost;
}
