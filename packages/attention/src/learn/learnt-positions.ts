import { counted, fail } from '@mixtention/core/base';
import { generator } from '@mixtention/core/numeric';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { emptyRows } from '../rows.ts';
import type { Layer } from './layer.ts';

/**
 * Adds to every token what is learnt of its place in the sequence.
 *
 * Parameters `offset` `[length, width]`, drawn with variance 1/width.
 *
 * @param length  tokens of a sequence; the rows of an input are sequences one below the other
 * @throws BAD_SHAPE for rows that are no sequences
 *
 * @example
 * const x = { data: new Float64Array(4), rows: 4, cols: 1 };
 * learntPositions(2, 1).apply({ offset: Float64Array.of(5, 6) }, x).output.data; // [5, 6, 5, 6]
 */
export function learntPositions(length: number, width: number): Layer {
  const check = (rows: number): void => {
    if (rows % length !== 0)
      fail('attention/learntPositions', 'BAD_SHAPE', `${counted(rows, 'row')} came, sequences of ${length} were due`);
  };
  const size = length * width;
  return {
    init: (key) => {
      const random = generator(key);
      return { offset: Float64Array.from({ length: size }, () => random.normal() / Math.sqrt(width)) };
    },
    apply({ offset }, { data, rows, cols }) {
      check(rows);
      const output = emptyRows(rows, cols);
      for (let i = 0; i < data.length; i++) output.data[i] = data[i]! + offset![i % size]!;
      return {
        output,
        pullback(upstream) {
          const own = new Float64Array(size);
          for (let i = 0; i < upstream.data.length; i++) own[i % size]! += upstream.data[i]!;
          return { input: upstream, parameters: { offset: own } };
        },
      };
    },
    tensors(tf, { offset }, input) {
      const [rows, cols] = input.shape;
      check(rows);
      const each = tf.reshape(input, [rows / length, size]);
      return tf.reshape(tf.add(each, offset!), [rows, cols]) as Tensor2D;
    },
  };
}
