import type { Key } from '@mixtention/core';
import { type Backend, type LinearTerm, plain, type Scores } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { counted, fail } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import { generator } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { emptyRows, type Float64Rows } from '../rows.ts';
import { softplus } from '../softplus.ts';
import type { LayerOptions } from './layer.ts';

export type MixtureAttentionOptions = {
  /** d: width of queries and keys */
  readonly width: number;
  /** K: keys, which are components */
  readonly keys: number;
  /** V: width of the values, which are binary */
  readonly values: number;
};

/** A loss, in nats a row, and the way back from it. */
export type AppliedLoss = {
  readonly loss: number;
  /** Nats of each row */
  readonly nats: Float64Array;
  pullback(): { readonly input: Float64Rows; readonly parameters: Arrays };
};

/** Parameters of `mixtureAttention` as tensors, which may be parameters themselves or what layers made of something. */
export type MixtureTensors = { readonly key: Tensor2D; readonly bias: Tensor1D; readonly logit: Tensor2D };

/** Attention whose values are distributions. */
export type MixtureAttentionLayer = {
  init(key: Key): Arrays;
  /** `Σ_k r_k(q) p_k` `[N, V]`: what an average picture promises */
  predict(parameters: Arrays, queries: Float64Rows, options?: LayerOptions): Float64Rows;
  /** `−log Σ_k r_k(q) p(y | k)`: exact, all columns of y together */
  marginalLoss(parameters: Arrays, queries: Float64Rows, y: Float64Rows, options?: LayerOptions): AppliedLoss;
  /** The exact loss of each row by ops of tfjs, float32, which differentiates it; scores of all pairs are held. */
  marginalTensors(tf: Tf, mixture: MixtureTensors, queries: Tensor2D, y: Tensor2D): Tensor1D;
  /** `−Σ_j log p(y_j)` under the mean prediction: column by column, as the output of ordinary attention is scored */
  meanLoss(parameters: Arrays, queries: Float64Rows, y: Float64Rows, options?: LayerOptions): AppliedLoss;
};

/**
 * Attention as the conditional mixture that it is: queries choose a component, whose value is the distribution of y, independent Bernoullis.
 *
 *     r_k(q) ∝ exp(q·key_k + bias_k)     p(y | k) = Π_j θ_kj^y_j (1 − θ_kj)^(1−y_j)     θ = sigmoid(logit)
 *
 * The exact loss is a difference of two evidences, `L(q) − L(q, y)`, so the gradient by a score is prior less posterior attention, r_k(q) − r_k(q, y), and no
 * N×K is held. By Jensen's inequality neither loss bounds the other; both are nats a row, and answer different questions.
 *
 * Parameters: `key` `[K, d]`, `bias` `[K]`, `logit` `[K, V]`. Queries count as they are, without 1/√d.
 *
 * Cost: N·K·(2 d + V) multiply–adds and 2 N·K exponentials for the exact loss, and twice that back.
 * Source: Deng et al. (2018), Latent alignment and variational attention, eq. 1, for the exact loss.
 *
 * @example
 * const layer = mixtureAttention({ width: 1, keys: 2, values: 1 });
 * const parameters = { key: Float64Array.of(1, -1), bias: new Float64Array(2), logit: Float64Array.of(9, -9) };
 * const one = { data: Float64Array.of(1), rows: 1, cols: 1 };
 * layer.marginalLoss(parameters, one, one).loss; // 0.127
 */
export function mixtureAttention({ width: d, keys: K, values: V }: MixtureAttentionOptions): MixtureAttentionLayer {
  const scoresOf = ({ key, bias }: Arrays): Scores => ({
    components: K,
    bias: bias!,
    terms: [{ form: 'linear', statistics: identity.none, columns: null, width: d, natural: key! }],
  });
  /** Scores of query and y together */
  const jointOf = (parameters: Arrays): Scores => {
    const { bias, terms } = scoresOf(parameters);
    const logit = parameters.logit!;
    const own: LinearTerm = { form: 'linear', statistics: identity.none, columns: null, width: V, natural: logit };
    const all = bias.map((b, k) => {
      let sum = b;
      for (let j = k * V; j < (k + 1) * V; j++) sum -= softplus(logit[j]!);
      return sum;
    });
    return { components: K, bias: all, terms: [...terms, own] };
  };
  const probabilitiesOf = ({ logit }: Arrays): Float64Rows => ({ data: logit!.map(sigmoid), rows: K, cols: V });
  return {
    init(key) {
      const random = generator(key);
      return {
        key: Float64Array.from({ length: K * d }, () => random.normal() / Math.sqrt(d)),
        bias: new Float64Array(K),
        logit: Float64Array.from({ length: K * V }, () => random.normal()),
      };
    },
    predict(parameters, queries, { backend = plain } = {}) {
      return read(backend, [queries], scoresOf(parameters), probabilitiesOf(parameters)).output as Float64Rows;
    },
    marginalLoss(parameters, queries, y, { backend = plain } = {}) {
      checkBinary('attention/marginalLoss', queries, y, V);
      const [prior, joint] = [scoresOf(parameters), jointOf(parameters)];
      const before = read(backend, [queries], prior, null);
      const after = read(backend, [queries, y], joint, null);
      const nats = before.logEvidence.map((L, n) => L - after.logEvidence[n]!);
      return {
        loss: mean(nats),
        nats,
        pullback() {
          const level = new Float64Array(queries.rows).fill(1 / queries.rows);
          const down = { reading: before, gradient: { logEvidence: level } };
          const up = { reading: after, gradient: { logEvidence: level.map((g) => -g) } };
          const ofPrior = backward(backend, [queries], prior, null, down);
          const ofJoint = backward(backend, [queries, y], joint, null, up);
          const add = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array =>
            Float64Array.from(a, (x, i) => x + b[i]!);
          const logit = ofJoint.natural[1]!.map(
            (g, i) => g - ofJoint.bias[Math.floor(i / V)]! * sigmoid(parameters.logit![i]!),
          );
          return {
            input: { ...queries, data: add(ofPrior.queries[0]!.data, ofJoint.queries[0]!.data) },
            parameters: {
              key: add(ofPrior.natural[0]!, ofJoint.natural[0]!),
              bias: add(ofPrior.bias, ofJoint.bias),
              logit,
            },
          };
        },
      };
    },
    marginalTensors(tf, { key, bias, logit }, queries, y) {
      const prior = tf.add(tf.matMul(queries, key, false, true), bias);
      // log(1 + e^x), without the op of tfjs, which costs six of these on tfjs-node.
      const bent = tf.add(tf.relu(logit), tf.log1p(tf.exp(tf.neg(tf.abs(logit)))));
      const joint = tf.sub(tf.add(prior, tf.matMul(y, logit, false, true)), tf.sum(bent, 1));
      return tf.sub(tf.logSumExp(prior, 1), tf.logSumExp(joint, 1)) as Tensor1D;
    },
    meanLoss(parameters, queries, y, { backend = plain } = {}) {
      checkBinary('attention/meanLoss', queries, y, V);
      const scores = scoresOf(parameters);
      const values = probabilitiesOf(parameters);
      const reading = read(backend, [queries], scores, values);
      const slopes = emptyRows(y.rows, V);
      const nats = new Float64Array(y.rows);
      for (let i = 0; i < slopes.data.length; i++) {
        const p = Math.min(1 - 1e-12, Math.max(1e-12, reading.output.data[i]!));
        const own = y.data[i]!;
        nats[Math.floor(i / V)]! -= own * Math.log(p) + (1 - own) * Math.log1p(-p);
        slopes.data[i] = (p - own) / (p * (1 - p) * y.rows);
      }
      return {
        loss: mean(nats),
        nats,
        pullback() {
          const back = backward(backend, [queries], scores, values, { reading, gradient: { output: slopes } });
          const { data } = values;
          return {
            input: back.queries[0] as Float64Rows,
            parameters: {
              key: back.natural[0]!,
              bias: back.bias,
              logit: Float64Array.from(back.values.data, (g, i) => g * data[i]! * (1 - data[i]!)),
            },
          };
        },
      };
    },
  };
}

function checkBinary(where: string, queries: Float64Rows, { data, rows, cols }: Float64Rows, V: number): void {
  if (rows !== queries.rows || cols !== V)
    fail(
      where,
      'BAD_SHAPE',
      `targets of ${rows} × ${cols} came with ${counted(queries.rows, 'query', 'queries')} and values of ${V}`,
    );
  const bad = data.findIndex((y) => !(y >= 0 && y <= 1));
  if (bad >= 0)
    fail(
      where,
      'BAD_DATA',
      `target ${Math.floor(bad / V)}, column ${bad % V} (counted from 0) is ${data[bad]}, a number in [0, 1] was due`,
    );
}

function withRows<Result>(
  backend: Backend,
  inputs: readonly Float64Rows[],
  use: (rows: ReturnType<Backend['take']>[]) => Result,
): Result {
  const rows = inputs.map((input) => backend.take({ ...input, stride: input.cols }));
  try {
    return use(rows);
  } finally {
    for (const own of rows) backend.release(own);
  }
}

function read(backend: Backend, inputs: readonly Float64Rows[], scores: Scores, values: Float64Rows | null) {
  return withRows(backend, inputs, (rows) => backend.read(rows, scores, values));
}

function backward(
  backend: Backend,
  inputs: readonly Float64Rows[],
  scores: Scores,
  values: Float64Rows | null,
  downstream: Parameters<Backend['backward']>[3],
) {
  return withRows(backend, inputs, (rows) => backend.backward(rows, scores, values, downstream));
}

function mean(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value, 0) / x.length;
}

function sigmoid(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}
