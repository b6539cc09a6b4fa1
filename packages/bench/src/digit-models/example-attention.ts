import { type MixtureTensors, mixtureAttention, mlp, named, type Tensors, within } from '@mixtention/attention/learn';
import type { Key } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { split } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { HALF, PIXELS } from './halves.ts';

export type ExampleAttentionSizes = {
  /** Hidden units of either map */
  readonly hidden: number;
  /** Columns of queries and keys that are learnt */
  readonly width: number;
};

/** Images that are components: as they are, and the logits of what smoothing makes of them `[K, 784]`. */
export type Examples = { readonly images: Tensor2D; readonly logits: Tensor2D };

export type ExampleAttention = {
  /** Parameters of kernel attention, nearly: what is learnt tells next to nothing at first. */
  init(key: Key, logitScale: number): Arrays;
  /** Upper halves `[N, 392]` → queries */
  queries(tf: Tf, parameters: Tensors, x: Tensor2D): Tensor2D;
  components(tf: Tf, parameters: Tensors, examples: Examples): MixtureTensors;
  /** `−log p(y | x)` of lower halves y `[N, 392]`, exact where the examples are all components */
  nats(tf: Tf, parameters: Tensors, x: Tensor2D, y: Tensor2D, examples: Examples): Tensor1D;
};

/**
 * Attention over examples, whose queries, keys and values are learnt; the last stage is one mixture, a component an example.
 *
 *     query = [w∘x ; f(x)]     key_k = [logit θ_k,upper ; g(image_k)]     bias_k = Σ_j w_j log(1 − θ_kj) + h(image_k)
 *     value_k = sigmoid(gain∘logit θ_k,lower + v(image_k))
 *
 * Where f, h and v are 0, all of w is T and the gain 1, it is kernel attention at `logitScale` T, which is where it begins.
 */
export function exampleAttention({ hidden, width }: ExampleAttentionSizes): ExampleAttention {
  const query = mlp(HALF, hidden, width, 'relu');
  const example = mlp(PIXELS, hidden, width + 1 + HALF, 'relu');
  const mixture = mixtureAttention({ width: HALF + width, keys: 1, values: HALF });
  const queries = (tf: Tf, parameters: Tensors, x: Tensor2D): Tensor2D =>
    tf.concat([tf.mul(x, parameters.evidence!), query.tensors(tf, within(parameters, 'query'), x)], 1) as Tensor2D;
  const components = (tf: Tf, parameters: Tensors, { images, logits }: Examples): MixtureTensors => {
    const K = images.shape[0];
    const told = example.tensors(tf, within(parameters, 'example'), images);
    const upper = tf.slice(logits, [0, 0], [K, HALF]);
    const none = tf.neg(tf.add(tf.relu(upper), tf.log1p(tf.exp(tf.neg(tf.abs(upper))))));
    const seen = tf.matMul(none, tf.reshape(parameters.evidence!, [HALF, 1]) as Tensor2D);
    const lower = tf.mul(tf.slice(logits, [0, HALF], [K, HALF]), parameters.gain!);
    return {
      key: tf.concat([upper, tf.slice(told, [0, 0], [K, width])], 1) as Tensor2D,
      bias: tf.reshape(tf.add(seen, tf.slice(told, [0, width], [K, 1])), [K]) as Tensor1D,
      logit: tf.add(lower, tf.slice(told, [0, width + 1], [K, HALF])) as Tensor2D,
    };
  };
  return {
    init(key: Key, logitScale: number): Arrays {
      return {
        ...named({
          query: small(query.init(split(key, 'query'))),
          example: small(example.init(split(key, 'example'))),
        }),
        evidence: new Float64Array(HALF).fill(logitScale),
        gain: new Float64Array(HALF).fill(1),
      };
    },
    queries,
    components,
    nats: (tf: Tf, parameters: Tensors, x: Tensor2D, y: Tensor2D, examples: Examples): Tensor1D =>
      mixture.marginalTensors(tf, components(tf, parameters, examples), queries(tf, parameters, x), y),
  };
}

/** Maps that tell next to nothing at first. */
function small(parameters: Arrays): Arrays {
  return { ...parameters, 'out.weight': parameters['out.weight']!.map((w) => 0.1 * w) };
}
