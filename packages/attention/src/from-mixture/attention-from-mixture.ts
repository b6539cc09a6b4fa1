import { checkWidth, type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { indices } from '../complete/columns.ts';
import { logVolume, type Mixture, spaceOf, toSpace } from '../space.ts';
import { linearForm } from './linear-form.ts';

/** A mixture as the ingredients of `attend`. */
export type MixtureAttention = {
  /** η_k `[K, P]` */
  readonly keys: Matrix;
  /** log π_k − A(η_k) `[K]` */
  readonly bias: Float64Array;
  /** E[x | z = k] `[K, D]`, in user space */
  readonly values: Matrix;
  /** The keys are natural parameters: nothing is divided by √P. */
  readonly scale: 1;
  /** T(x): rows of user space `[N, D]` as queries `[N, P]`. */
  query(x: MatrixLike): Matrix;
  /** What is added to the evidence for log p(x) in user space, `[N]`: the log base measure of rows `[N, D]`. */
  logBase(x: MatrixLike): Float64Array;
};

/**
 * A mixture read as attention: keys are natural parameters, the bias is log prior minus log normalizer, values are means.
 *
 *     softmax_k(T(x)·η_k + log π_k − A(η_k)) = p(z = k | x)     LSE_k(…) + log h(x) = log p(x)
 *
 * Exact for every family. Queries are made in the space of the fit (centred and scaled). Full covariances are multiplied out to
 * [x ; vec xxᵀ], P = D + D²; tied ones need x alone, P = D.
 *
 * In float32 the terms of Gaussian scores grow with the square of the distance from the middle of the data in a component's own deviations
 * (2 xᵀΣ_k⁻¹x, and more under correlations), and rounding with them. Where they may be above 1e4 `attend` reads the query in float64 by itself, as the model does; full
 * and tied covariances far from the middle are faster through `model.responsibilities`, which keeps the whitened form.
 *
 * @param model  a fitted mixture
 * @returns keys, bias, values and the two functions of x; plain arrays, made once
 *
 * Cost: K·D³ for full covariances, K·P for others.
 * Source: Bayes' theorem for an exponential family, Dempster, Laird & Rubin (1977), sec. 2.
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const model = new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)) });
 * const { query, keys, values, bias, scale } = attentionFromMixture(model);
 * const { responsibilities } = attend(query([[1, 1]]), keys, values, { bias, scale, responsibilities: true });
 * responsibilities.data; // [0.988, 0.012], as model.responsibilities([[1, 1]])
 */
export function attentionFromMixture(model: Mixture): MixtureAttention {
  const where = 'attention/attentionFromMixture';
  const space = spaceOf(model);
  const form = linearForm(space.family.scores(space.params, space.logWeights), space.family);
  const volume = logVolume(indices(space.width), space);
  const rows = (x: MatrixLike): Matrix => {
    const checked = matrix(x, where);
    checkWidth(checked, space.width, where);
    space.family.checkSupport(checked);
    return toSpace(checked, space);
  };
  return {
    keys: form.keys,
    bias: form.bias,
    values: model.means,
    scale: 1,
    query: (x) => form.query(rows(x)),
    logBase: (x) => form.logBase(rows(x)).map((l) => l - volume),
  };
}
