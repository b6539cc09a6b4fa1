import type { Backend, Matrix } from '@mixtention/core';
import type { Arrays } from '@mixtention/core/optimize';
import { tensorOps } from '@mixtention/core/tensor';
import type * as TF from '@tensorflow/tfjs-core';

/** The gradient of Σ log evidence by free coordinates, found by automatic differentiation of the log-sum-exp itself. */
export type GradientOfEvidence = (backend: Backend, x: Matrix, coordinates: Arrays) => Arrays;

type Joint = (tf: typeof TF, x: TF.Tensor2D, coordinates: readonly TF.Tensor[]) => TF.Tensor2D;

/** j_nk = log π_k + Σ_i log A_k,ii − (D/2) log 2π − ½‖A_kᵀ(x_n − μ_k)‖², `[N, K]`; coordinates: logits, mean, factor. */
const gaussianJoint: Joint = (tf, x, [logits, mean, factor]) => {
  const D = x.shape[1];
  const K = logits!.size;
  const means = tf.reshape(mean!, [K, 1, D]);
  const free = tf.reshape(factor!, [K, D, D]);
  const diagonal = tf.eye(D);
  const below = tf.sub(tf.linalg.bandPart(tf.ones([D, D]), -1, 0), diagonal);
  const A = tf.add(tf.mul(free, below), tf.mul(tf.exp(free), diagonal));
  const away = tf.sub(tf.expandDims(x, 0), means);
  const square = tf.sum(tf.square(tf.matMul(away, A)), 2);
  const logDet = tf.sum(tf.mul(free, diagonal), [1, 2]);
  const bias = tf.add(tf.logSoftmax(logits!), tf.sub(logDet, 0.5 * D * Math.log(2 * Math.PI)));
  return tf.transpose(tf.sub(tf.expandDims(bias, 1), tf.mul(0.5, square))) as TF.Tensor2D;
};

/** j_nk = log π_k + Σ_d [x η + log(1 − θ)], `[N, K]`; coordinates: logits, logit. */
const bernoulliJoint: Joint = (tf, x, [logits, logit]) => {
  const eta = tf.reshape(logit!, [logits!.size, x.shape[1]]) as TF.Tensor2D;
  const bias = tf.sub(tf.logSoftmax(logits!), tf.sum(tf.softplus(eta), 1));
  return tf.add(tf.matMul(x, tf.transpose(eta)), bias) as TF.Tensor2D;
};

function differentiate(joint: Joint, names: readonly string[]): GradientOfEvidence {
  return (backend, x, coordinates) => {
    const tf = backend.tf as typeof TF;
    tensorOps(tf);
    const gradient: { [name: string]: Float64Array } = {};
    tf.tidy(() => {
      const rows = tf.tensor2d(Float32Array.from(x.data), [x.rows, x.cols]);
      const leaves = names.map((name) => tf.tensor1d(Float32Array.from(coordinates[name]!)));
      const evidence = tf.grads((...at: TF.Tensor[]) => tf.sum(tf.logSumExp(joint(tf, rows, at), 1)));
      evidence(leaves).forEach((g, i) => {
        gradient[names[i]!] = Float64Array.from(g.dataSync());
      });
    });
    return gradient;
  };
}

/** By family. */
export const gradientOfEvidence: { readonly gaussian: GradientOfEvidence; readonly bernoulli: GradientOfEvidence } = {
  gaussian: differentiate(gaussianJoint, ['logits', 'mean', 'factor']),
  bernoulli: differentiate(bernoulliJoint, ['logits', 'logit']),
};
