import type { Scores } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import type { TensorRows } from './tfjs-rows.ts';
import { type TensorScores, tensorScores } from './tfjs-terms.ts';

/** The tensors of the latest scores are kept: every shard of an iteration meets the same ones. */
export function heldKeys(
  tf: Tf,
  turn: boolean,
): { upload(scores: Scores, rows: readonly TensorRows[], sums: boolean): TensorScores; dispose(): void } {
  let last: { scores: Scores; strides: readonly number[]; sums: boolean; tensors: TensorScores } | null = null;
  const dispose = (): void => {
    last?.tensors.dispose();
    last = null;
  };
  return {
    dispose,
    upload(scores, rows, sums) {
      const strides = rows.map(({ stride }) => stride);
      if (last?.scores !== scores || last.sums !== sums || last.strides.some((stride, t) => stride !== strides[t])) {
        dispose();
        last = { scores, strides, sums, tensors: tensorScores(tf, scores, { strides, turn, sums }) };
      }
      return last.tensors;
    },
  };
}
