import type * as TF from '@tensorflow/tfjs-core';
import { gumbelSoftmax } from '../gumbel/gumbel-softmax.ts';
import { straightThrough } from '../gumbel/straight-through.ts';
import { type Draws, drawGuide, type GuideTensors, type Masks, type NoiseTensors } from './tensor-draws.ts';

type Tf = typeof TF;

const LOG_2PI = Math.log(2 * Math.PI);

/** How the assignments of rows enter the objective. */
export type Assignments =
  | { readonly mode: 'exact' }
  | {
      readonly mode: 'relaxed' | 'straight-through';
      /** Gumbel draws `[B, K]` */
      readonly noise: TF.Tensor2D;
      readonly temperature: number;
    };

/** Everything the objective of a shard is made of. */
export type ObjectiveInput = {
  readonly tf: Tf;
  readonly components: number;
  readonly width: number;
  readonly masks: Masks;
  readonly noise: NoiseTensors;
  /** T(x) `[B, D + D²]` */
  readonly statistics: TF.Tensor2D;
  /** w `[B, 1]` times the scale of a minibatch; null is 1 */
  readonly rowWeights: TF.Tensor2D | null;
  readonly assignments: Assignments;
};

/**
 * What rows add to the objective, averaged over S draws of the global parameters.
 *
 *     Σₙ [ Σ_k y_nk log N(x_n; μ_k, Λ_k⁻¹) − KL(r_n ‖ π) ]
 *
 * With y = r, and the terms of the global parameters beside it, it is an unbiased estimate of the evidence lower bound. With relaxed or straight-through y it is no bound.
 * Rows enter through `yᵀ T(x)` alone, so the cost of draws does not grow with the rows.
 */
export function tensorObjective(input: ObjectiveInput, guide: GuideTensors): TF.Scalar {
  const { tf } = input;
  const draws = drawGuide(tf, guide, input.noise, input.masks);
  return tf.mean(dataTerm(input, guide, draws)) as TF.Scalar;
}

/** `[S]` */
function dataTerm(input: ObjectiveInput, guide: GuideTensors, draws: Draws): TF.Tensor {
  const { tf, statistics, rowWeights, width: D, components: K } = input;
  const logits = tf.add(tf.matMul(statistics, guide.assignment!, false, true), guide.assignmentBias!) as TF.Tensor2D;
  const logR = tf.logSoftmax(logits);
  const weigh = (t: TF.Tensor): TF.Tensor2D => (rowWeights === null ? t : tf.mul(t, rowWeights)) as TF.Tensor2D;
  const R = weigh(tf.exp(logR));
  const Y = input.assignments.mode === 'exact' ? R : weigh(assign(tf, logits, input.assignments));
  const counts = tf.sum(Y, 0);
  const sums = tf.matMul(Y, statistics, true);
  const first = tf.slice(sums, [0, 0], [K, D]);
  const second = tf.reshape(tf.slice(sums, [0, D], [K, D * D]), [K, D, D]);
  // −KL(r ‖ π) over all rows: Σ_k N_k(r) log π_k − Σ r log r
  const assigned = tf.sub(tf.sum(tf.mul(tf.sum(R, 0), draws.logWeights), 1), tf.sum(tf.mul(R, logR)));
  return tf.add(assigned, logLikelihood(input, draws, { counts, first, second }));
}

function assign(
  tf: Tf,
  logits: TF.Tensor2D,
  { mode, noise, temperature }: Exclude<Assignments, { mode: 'exact' }>,
): TF.Tensor2D {
  const soft = gumbelSoftmax(tf, logits, noise, temperature);
  return mode === 'relaxed' ? soft : straightThrough(tf, soft);
}

type Moments = { readonly counts: TF.Tensor; readonly first: TF.Tensor; readonly second: TF.Tensor };

/** `Σ_k [ N_k (Σ_i log A_ii − (D/2) log 2π) − ½ tr(A_kᵀ C_k A_k) ]`, C_k the scatter about μ_k; `[S]`. */
function logLikelihood({ tf, width: D }: ObjectiveInput, draws: Draws, { counts, first, second }: Moments): TF.Tensor {
  const row = tf.expandDims(draws.means, 2);
  const column = tf.expandDims(draws.means, 3);
  const cross = tf.mul(column, tf.expandDims(first, 1));
  const outer = tf.mul(tf.mul(column, row), tf.reshape(counts, [-1, 1, 1]));
  // μ sᵀ + s μᵀ may be 2 μ sᵀ, since only its product with a symmetric matrix counts.
  const scatter = tf.add(tf.sub(second, tf.mul(2, cross)), outer);
  const logDet = tf.mul(counts, tf.sub(tf.sum(draws.logDiagonals, 2), 0.5 * D * LOG_2PI));
  return tf.sum(tf.sub(logDet, tf.mul(0.5, traceUnder(tf, draws.factors, scatter))), 1);
}

/** `tr(A Aᵀ C)`, `[S, K]`. */
function traceUnder(tf: Tf, factors: TF.Tensor, matrix: TF.Tensor): TF.Tensor {
  const precision = tf.matMul(factors, factors, false, true);
  return tf.sum(tf.mul(precision, matrix), [2, 3]);
}
