import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LinearTerm } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import { MASKED, padComponents, type TensorTerm, type TermSetting } from './tfjs-scores.ts';

/** Tiles of about this many scores keep all of a tile's passes near the cache and the cost of a native call (10 µs) small. */
const TILE_SCORES = 524_288;

/** A linear term: `L = S·Hᵀ + b`, `sums += Rᵀ·S`; on wasm `S·(Hᵀ) + b` with keys turned once, and `(Sᵀ·R)ᵀ` with the transposed rows kept. */
export function tensorLinear(tf: Tf, term: LinearTerm, { K, bias, stride, turn }: TermSetting): TensorTerm {
  const { width: P } = term;
  const padded = padComponents(K);
  const right = uploadKeys(tf, term, { K, padded, stride, turn });
  const b = bias && tf.keep(tf.tensor1d(paddedBias(bias, padded)));
  return {
    mostRows: TILE_SCORES / padded,
    open(tile) {
      const L: Tensor2D = tf.matMul(tile.x(), right, false, !turn);
      return {
        L: b === null ? L : tf.add<Tensor2D>(L, b),
        addSums(R, _, unit, sums) {
          const product = turn ? tf.matMul(tile.transposed(), R) : tf.matMul(R, tile.x(), true);
          const [byK, byP] = turn ? [1, padded] : [stride, 1];
          const values = product.dataSync<'float32'>();
          for (let k = 0; k < K; k++) for (let p = 0; p < P; p++) sums[k * P + p]! += unit * values[k * byK + p * byP]!;
        },
      };
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
  for (let k = 0; k < bias.length; k++) values[k] = Math.max(MASKED, bias[k]!);
  return values;
}
