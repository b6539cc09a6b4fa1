import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LinearTerm } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import { MASKED, maskedBias, padComponents, type ScoreSetting, type TermScores, TILE_SCORES } from './tfjs-scores.ts';

/** A linear term: `L = S·Hᵀ + b`; on wasm `S·(Hᵀ) + b` with keys turned once. */
export function linearScores(tf: Tf, term: LinearTerm, { K, bias, stride, turn }: ScoreSetting): TermScores {
  const padded = padComponents(K);
  const right = uploadKeys(tf, term, { K, padded, stride, turn });
  const b = bias && tf.keep(tf.tensor1d(paddedBias(bias, padded)));
  return {
    mostRows: TILE_SCORES / padded,
    open(tile) {
      const L: Tensor2D = tf.matMul(tile.x(), right, false, !turn);
      return b === null ? L : tf.add<Tensor2D>(L, b);
    },
    dispose: () => tf.dispose(b === null ? right : [right, b]),
  };
}

function uploadKeys(
  tf: Tf,
  { width: P, natural }: LinearTerm,
  { K, padded, stride, turn }: { K: number; padded: number; stride: number; turn: boolean },
): Tensor2D {
  const keys = new Float32Array(padded * stride);
  for (let k = 0; k < K; k++) keys.set(natural.subarray(k * P, (k + 1) * P), k * stride);
  return tf.tidy(() => {
    const upright = tf.tensor2d(keys, [padded, stride]);
    return tf.keep(turn ? tf.transpose(upright) : upright);
  });
}

function paddedBias(bias: Float64Array, padded: number): Float32Array {
  const values = new Float32Array(padded).fill(MASKED);
  values.set(maskedBias(bias));
  return values;
}
