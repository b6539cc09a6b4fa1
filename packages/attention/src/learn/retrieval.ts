import { fail, show } from '@mixtention/core/base';
import { generator } from '@mixtention/core/numeric';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fixedPoint } from './fixed-point.ts';
import type { Layer } from './layer.ts';

export type RetrievalOptions = {
  /** d: width of the rows, and of the patterns */
  readonly width: number;
  /** K: patterns that are learnt */
  readonly patterns: number;
  /** Iterations (default 3); one is plain attention with keys as values */
  readonly iterations?: number | undefined;
  /** Multiplies q·pattern; default 1/√d. Where patterns are means of Gaussians, one over their variance. */
  readonly scale?: number | undefined;
  /** α in (0, 1]: how much of the way an iteration goes (default 1) */
  readonly step?: number | undefined;
  /** Counts lengths, `−scale ‖pattern‖²/2`, so that each iteration is EM in a mixture of Gaussians; default: it is a retrieval of a Hopfield network. */
  readonly gaussian?: boolean | undefined;
};

/**
 * `fixedPoint` as a layer whose patterns are learnt: a modern Hopfield layer, or steps of EM (mean shift) in a mixture of Gaussians.
 *
 *     q ← q + α (Σ_k r_k(q) pattern_k − q)     r_k ∝ exp(scale q·pattern_k + bias_k)
 *
 * Parameters `pattern` `[K, d]`, normal, and `bias` `[K]`, 0: log weights, but for one number that all may have more.
 *
 * @throws BAD_OPTION, BAD_SHAPE, each in one sentence
 *
 * Cost: as `fixedPoint`; by ops of tfjs scores of all pairs are held, once an iteration.
 * Source: Ramsauer et al. (2020), eq. 3, and their Hopfield layer; Carreira-Perpiñán (2007) for mean shift as EM.
 *
 * @example
 * const layer = retrieval({ width: 2, patterns: 2, scale: 20 });
 * const parameters = { pattern: Float64Array.of(1, 0, 0, 1), bias: new Float64Array(2) };
 * layer.apply(parameters, { data: Float64Array.of(0.9, 0.2), rows: 1, cols: 2 }).output.data; // [1.00, 0.00]
 */
export function retrieval(options: RetrievalOptions): Layer {
  const { width: d, patterns: K, iterations = 3, step = 1, gaussian = false } = options;
  const scale = options.scale ?? 1 / Math.sqrt(d);
  if (!(Number.isSafeInteger(K) && K > 0))
    fail('attention/retrieval', 'BAD_OPTION', `patterns is ${show(K)}, a count above 0 was due`);
  const halves = (pattern: Float64Array): Float64Array =>
    Float64Array.from({ length: K }, (_, k) => {
      let square = 0;
      for (let i = k * d; i < (k + 1) * d; i++) square += pattern[i]! ** 2;
      return (scale * square) / 2;
    });
  return {
    init(key) {
      const random = generator(key);
      return { pattern: Float64Array.from({ length: K * d }, () => random.normal()), bias: new Float64Array(K) };
    },
    apply({ pattern, bias }, input, { backend } = {}) {
      const lengths = gaussian ? halves(pattern!) : null;
      const own = lengths === null ? bias! : bias!.map((b, k) => b - lengths[k]!);
      const patterns = { data: pattern!, rows: K, cols: d };
      const settings = { bias: own, scale, step, maxIterations: iterations, tolerance: 0, backend };
      const { output, pullback } = fixedPoint(input, patterns, settings);
      return {
        output,
        pullback(upstream) {
          const back = pullback(upstream);
          const ofPattern = Float64Array.from(back.keys.data, (g, i) =>
            gaussian ? g - scale * pattern![i]! * back.bias[Math.floor(i / d)]! : g,
          );
          return {
            input: { ...back.queries, data: Float64Array.from(back.queries.data) },
            parameters: { pattern: ofPattern, bias: back.bias },
          };
        },
      };
    },
    tensors(tf, { pattern, bias }, input) {
      const patterns = tf.reshape(pattern!, [K, d]) as Tensor2D;
      const lengths = tf.mul(tf.sum(tf.mul(patterns, patterns), 1), scale / 2);
      const own = gaussian ? tf.sub(bias!, lengths) : bias!;
      let state = input;
      for (let i = 0; i < iterations; i++) {
        const scores = tf.add(tf.mul(tf.matMul(state, patterns, false, true), scale), own);
        const read = tf.matMul(tf.softmax(scores) as Tensor2D, patterns) as Tensor2D;
        state = step === 1 ? read : tf.add(state, tf.mul(tf.sub(read, state), step));
      }
      return state;
    },
  };
}
