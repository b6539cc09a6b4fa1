import { tensorOps } from '@mixtention/core/tensor';
import type * as TF from '@tensorflow/tfjs-core';
import { gumbelSoftmax } from '../gumbel/gumbel-softmax.ts';
import { straightThrough } from '../gumbel/straight-through.ts';
import { logPriorConstant } from './constants.ts';
import type { MixturePrior } from './prior.ts';
import {
  type Draws,
  drawGuide,
  type GuideTensors,
  lowerTensor,
  type Masks,
  type NoiseTensors,
} from './tensor-draws.ts';

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
  /** Whether the terms of the global parameters are in: they count once, not once a shard. */
  readonly withGlobals: boolean;
  readonly prior: MixturePrior;
  /** The guide once more, through which no gradient flows: sticking the landing. Null gives the total derivative. */
  readonly stopped: GuideTensors | null;
};

/**
 * The objective of a shard, averaged over S draws of the global parameters.
 *
 *     Σₙ [ Σ_k y_nk log N(x_n; μ_k, Λ_k⁻¹) − KL(r_n ‖ π) ]  +  log p(θ) − log q(θ)
 *
 * With y = r it is an unbiased estimate of the evidence lower bound. With relaxed or straight-through y it is no bound.
 * Rows enter through `yᵀ T(x)` alone, so the cost of draws does not grow with the rows.
 */
export function tensorObjective(input: ObjectiveInput, guide: GuideTensors): TF.Scalar {
  const { tf } = input;
  const draws = drawGuide(tf, guide, input.noise, input.masks);
  const data = dataTerm(input, guide, draws);
  const total = input.withGlobals
    ? tf.add(data, tf.add(logPrior(input, draws), minusLogGuide(input, guide, draws)))
    : data;
  return tf.mean(total) as TF.Scalar;
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

/** log p(w) + Σ_k log p(μ_k, A_k), Jacobians included; `[S]`. */
function logPrior(input: ObjectiveInput, draws: Draws): TF.Tensor {
  const { tf, prior, width: D, components: K } = input;
  const { concentration, shrinkage, degrees } = prior;
  const away = tf.sub(draws.means, tf.tensor1d(Float32Array.from(prior.mean)));
  const outer = tf.mul(tf.expandDims(away, 3), tf.expandDims(away, 2));
  const inverseScale = tf.tensor2d(Float32Array.from(prior.inverseScale), [D, D]);
  const trace = traceUnder(tf, draws.factors, tf.add(inverseScale, tf.mul(shrinkage, outer)));
  // Of log A_ii (i from 1): 1 from the mean, ν − D − 1 from the Wishart, D − i + 2 from the change of variables
  const power = tf.tensor1d(Float32Array.from({ length: D }, (_, i) => degrees + 1 - i));
  const density = tf.sub(tf.sum(tf.mul(draws.logDiagonals, power), 2), tf.mul(0.5, trace));
  const weights = tf.mul(concentration, tf.sum(draws.logWeights, 1));
  return tf.add(tf.add(tf.sum(density, 1), weights), logPriorConstant(prior, K, D));
}

/** −log q(w, μ, A); `[S]`, or `[1]` where it is the same for every draw. */
function minusLogGuide(input: ObjectiveInput, guide: GuideTensors, draws: Draws): TF.Tensor {
  const { tf, masks, noise, stopped, components: K, width: D } = input;
  const g = stopped ?? guide;
  const logScales = tf.addN([
    tf.sum(tf.mul(g.weightLogScale!, masks.free)),
    tf.sum(tf.mul(g.meanFactor!, masks.diagonal)),
    tf.sum(tf.mul(g.factorLogScale!, masks.triangle)),
  ]);
  const size = K - 1 + K * D + (K * D * (D + 1)) / 2;
  const squares = tf.add(
    squaredNoise(tf, stopped === null ? noise : standardized(input, stopped, draws)),
    size * LOG_2PI,
  );
  return tf.add(logScales, tf.mul(0.5, squares));
}

function squaredNoise(tf: Tf, { weight, mean, factor }: NoiseTensors): TF.Tensor {
  return tf.addN([tf.sum(tf.square(weight), 1), tf.sum(tf.square(mean), [1, 2]), tf.sum(tf.square(factor), [1, 2, 3])]);
}

/** The noise that leads to the draws, as a function of the draws: gradients flow through them and not through the guide. */
function standardized({ tf, masks }: ObjectiveInput, guide: GuideTensors, draws: Draws): NoiseTensors {
  const away = tf.transpose(tf.sub(draws.means, guide.mean!), [1, 2, 0]);
  const solved = tensorOps(tf).triangularSolve(lowerTensor(tf, guide.meanFactor!, masks), away);
  return {
    weight: tf.mul(tf.div(tf.sub(draws.logits, guide.weight!), tf.exp(guide.weightLogScale!)), masks.free),
    mean: tf.transpose(solved, [2, 0, 1]),
    factor: tf.mul(tf.div(tf.sub(draws.free, guide.factor!), tf.exp(guide.factorLogScale!)), masks.triangle),
  };
}
