import { type Family, float64, type Matrix, type MatrixLike, matrix, type Tree } from '@mixtention/core';
import { alignColumns, fail } from '@mixtention/core/base';
import { applyTransform, isScaled, openRows } from '@mixtention/core/data';
import { MixtureModel } from '@mixtention/mixture';
import { blocksOf } from './blocks.ts';
import { evidenceSlopes, expectedSlope } from './slopes.ts';

const WHERE = 'svi/emAsGradient';

/** A step of EM by both ways. */
export type EmAsGradient = {
  /** Of the rows under the model, in nats, in the user's units. */
  readonly logLikelihood: number;
  /** `[N, K]`: of the E-step, by Bayes' theorem, and as what comes back through the log-sum-exp, ∂ℓ/∂L_nk. */
  readonly responsibilities: { readonly byBayes: Matrix; readonly byBackPropagation: Matrix };
  /** The model after one step of EM, and after θ + P ∇ℓ; components in their order. */
  readonly step: { readonly byEm: MixtureModel; readonly byGradient: MixtureModel };
  /** The largest difference of each; of parameters in the space of the model (columns scaled), `spread` is null where there are no covariances. */
  readonly differences: {
    readonly responsibilities: number;
    readonly weights: number;
    readonly means: number;
    readonly spread: number | null;
  };
  /** The largest of all. */
  readonly difference: number;
};

/**
 * Shows that back-propagation through the log-sum-exp is the E-step, and that a step of EM is a preconditioned gradient step, by making both.
 *
 *     ∂/∂L_nk Σ_n log Σ_k exp L_nk = r_nk      θ_EM − θ = P ∇ℓ(θ)
 *     P_π = (diag π − π πᵀ)/N    P_μk = Σ_k/N_k    P_Σk = (2/N_k) Σ_k ⊗ Σ_k    P_θk = diag θ_k(1 − θ_k)/N_k
 *
 * P is the inverse of the complete data's Fisher information: EM is natural gradient with assignments filled in, at rate 1. The gradient by Σ_k is that of Σ r_nk L_nk at the
 * **new** means (at the old ones it gives the update about the old mean). Gradients are found by differentiating the log density and its log-sum-exp, without a softmax; EM is the family's own.
 *
 * @param model  a mixture of `gaussian-full`, `-tied`, `-diagonal`, `-spherical` or `bernoulli` components
 * @param x      `[N, D]`
 * @throws BAD_OPTION for another family; BAD_DATA for a component without weight or rows, one that collapses, or a probability of 0 or 1, where there is no gradient
 *
 * Cost: N·K numbers are held, three times; for looking, not for large data.
 * Source: Xu & Jordan (1996), On convergence properties of the EM algorithm for Gaussian mixtures, Neural Computation 8, theorem 1.
 *
 * @example
 * import { faithful, gaussianDiagonal, MixtureModel } from '@mixtention/mixture';
 * const params = { width: 2, means: Float64Array.of(4, 75, 2, 60), variances: Float64Array.of(1, 50, 1, 50) };
 * const model = new MixtureModel({ family: gaussianDiagonal, logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)), params });
 * const { difference, step } = emAsGradient(model, faithful());
 * difference < 1e-10; // true
 * step.byGradient.weights; // [0.637, 0.363]
 */
export function emAsGradient(model: MixtureModel, x: MatrixLike): EmAsGradient {
  const { components, width, weights, transform } = model;
  const family = model.family as Family;
  const blocks = blocksOf(family, WHERE);
  const byBayes = model.responsibilities(x);
  const own = alignColumns(matrix(x, WHERE), model.columns, { width, where: WHERE });
  const rows = isScaled(family, width) ? applyTransform(own, transform) : own;
  const params = family.rescale(model.params as Tree, transform) as Tree;
  const size = { components, width };
  const place = blocks.place.of(params, WHERE);
  const spread = blocks.spread?.of(params, WHERE) ?? null;

  // Towards EM: the kernel's statistics, and the family's estimate of them.
  const taken = openRows(rows, float64);
  const written = taken.write(family.scores(params, model.logWeights));
  taken.release();
  const nobody = written.counts.findIndex((n) => !(n > 0));
  if (nobody >= 0)
    fail(
      WHERE,
      'BAD_DATA',
      `component ${nobody} (counted from 0) has no weight, or owns no row; its step is undefined`,
    );
  const estimate = family.estimate(written.counts, written.sums, params, 0);
  if (estimate.degenerate.length > 0)
    fail(WHERE, 'BAD_DATA', `component ${estimate.degenerate[0]} (counted from 0) collapses in this step`);
  const em = {
    weights: written.counts.map((n) => n / rows.rows),
    place: blocks.place.of(estimate.params as Tree, WHERE),
    spread: blocks.spread?.of(estimate.params as Tree, WHERE) ?? null,
  };

  // Towards the gradient: back-propagation, and P.
  const {
    logLikelihood,
    responsibilities: r,
    byWeights,
    byPlace,
  } = evidenceSlopes(
    rows,
    { weights, place, spread },
    {
      blocks,
      size,
      family,
    },
  );
  const counts = new Float64Array(components);
  for (let i = 0; i < r.length; i++) counts[i % components]! += r[i]!;
  const pull = weights.reduce((total, w, k) => total + w * byWeights[k]!, 0);
  const setting = { counts, rows: rows.rows, size, place, spread };
  const moved = place.map((m, i) => m + blocks.place.preconditioned(byPlace, setting)[i]!);
  const bySpread = spread === null ? null : expectedSlope(rows, { r, place: moved, spread }, { blocks, size, family });
  const gradient = {
    weights: weights.map((w, k) => w + (w * (byWeights[k]! - pull)) / rows.rows),
    place: moved,
    spread: spread?.map((s, i) => s + blocks.spread!.preconditioned(bySpread!, setting)[i]!) ?? null,
  };

  const modelAt = ({ weights: pi, place: p, spread: s }: typeof em): MixtureModel =>
    new MixtureModel({
      family,
      logWeights: pi.map(Math.log),
      params: family.unscale(blocks.params(p, s, width), transform),
      transform,
      columns: model.columns,
    });
  const differences = {
    responsibilities: farthest(byBayes.data as Float64Array, r),
    weights: farthest(em.weights, gradient.weights),
    means: farthest(em.place, gradient.place),
    spread: em.spread === null ? null : farthest(em.spread, gradient.spread!),
  };
  const shift = isScaled(family, width) ? -rows.rows * transform.scale.reduce((sum, s) => sum + Math.log(s), 0) : 0;
  return {
    logLikelihood: logLikelihood + shift,
    responsibilities: { byBayes, byBackPropagation: { data: r, rows: rows.rows, cols: components } },
    step: { byEm: modelAt(em), byGradient: modelAt(gradient) },
    differences,
    difference: Object.values(differences).reduce<number>((most, d) => Math.max(most, d ?? 0), 0),
  };
}

const farthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
