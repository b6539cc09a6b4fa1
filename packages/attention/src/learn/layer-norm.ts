import { emptyRows } from '../rows.ts';
import type { Layer } from './layer.ts';

/**
 * Layer normalisation: each row less its mean, over its deviation, times a gain and plus an offset.
 *
 * Parameters `gain` `[width]`, 1, and `offset` `[width]`, 0.
 *
 * Cost: some passes over the rows.
 * Source: Ba, Kiros & Hinton (2016), eq. 4.
 *
 * @example
 * const layer = layerNorm(2);
 * layer.apply(layer.init({ seed: 0, path: [] }), { data: Float64Array.of(1, 3), rows: 1, cols: 2 }).output.data; // [-1.00, 1.00]
 */
export function layerNorm(width: number, epsilon = 1e-5): Layer {
  return {
    init: () => ({ gain: new Float64Array(width).fill(1), offset: new Float64Array(width) }),
    apply({ gain, offset }, { data, rows }) {
      const normal = new Float64Array(data.length);
      const inverse = new Float64Array(rows);
      const output = emptyRows(rows, width);
      for (let n = 0; n < rows; n++) {
        const at = n * width;
        let [mean, square] = [0, 0];
        for (let i = at; i < at + width; i++) mean += data[i]! / width;
        for (let i = at; i < at + width; i++) square += (data[i]! - mean) ** 2 / width;
        const own = 1 / Math.sqrt(square + epsilon);
        inverse[n] = own;
        for (let i = 0; i < width; i++) {
          const z = own * (data[at + i]! - mean);
          normal[at + i] = z;
          output.data[at + i] = gain![i]! * z + offset![i]!;
        }
      }
      return {
        output,
        pullback(upstream) {
          const input = emptyRows(rows, width);
          const [ofGain, ofOffset] = [new Float64Array(width), new Float64Array(width)];
          for (let n = 0; n < rows; n++) {
            const at = n * width;
            let [sum, along] = [0, 0];
            for (let i = 0; i < width; i++) {
              const g = upstream.data[at + i]!;
              const z = normal[at + i]!;
              ofGain[i]! += g * z;
              ofOffset[i]! += g;
              sum += (g * gain![i]!) / width;
              along += (g * gain![i]! * z) / width;
            }
            for (let i = 0; i < width; i++)
              input.data[at + i] = inverse[n]! * (upstream.data[at + i]! * gain![i]! - sum - normal[at + i]! * along);
          }
          return { input, parameters: { gain: ofGain, offset: ofOffset } };
        },
      };
    },
    tensors(tf, { gain, offset }, input) {
      const { mean, variance } = tf.moments(input, 1, true);
      const normal = tf.mul(tf.sub(input, mean), tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(normal, gain!), offset!);
    },
  };
}
