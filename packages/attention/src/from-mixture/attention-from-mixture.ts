import { dense, type LinearTerm, type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { alignColumns, checkFinite, checkOptions, columnOrder, fail, show, takeColumns } from '@mixtention/core/base';
import { isBinary } from '@mixtention/core/data';
import { indices } from '../complete/columns.ts';
import { gatedScores, gatedStatistics } from '../complete/gated.ts';
import { maskColumns, type ObservedMask, readMask, seenCells } from '../complete/observed-mask.ts';
import { logVolume, type MixtureLike, type Space, spaceOf, toSpace } from '../space.ts';
import { linearForm } from './linear-form.ts';

const WHERE = 'attention/attentionFromMixture';

/** Of keys with a larger bias the scores are off by more than 1e-4 nats in float64. */
const MOST_BIAS = 1e12;

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

/** A binary mixture as the ingredients of `attend`, for queries of which only some cells are seen. */
export type MaskedMixtureAttention = {
  /** [log θ_k ; log(1 − θ_k)] `[K, 2D]` */
  readonly keys: Matrix;
  /** log π_k `[K]`: no mask changes it */
  readonly bias: Float64Array;
  /** θ `[K, D]` */
  readonly values: Matrix;
  readonly scale: 1;
  /** [m∘x ; m∘(1 − x)]: rows `[N, D]` and which of their cells are seen as queries `[N, 2D]`; hidden cells may hold NaN. */
  query(x: MatrixLike, mask: ObservedMask): Matrix;
};

export type FromMixtureOptions = {
  /** Queries see some of their cells only; for binary families. */
  readonly masked?: boolean | undefined;
};

/**
 * A mixture read as attention: keys are natural parameters, the bias is log prior minus log normalizer, values are means.
 *
 *     softmax_k(T(x)·η_k + log π_k − A(η_k)) = p(z = k | x)     LSE_k(…) + log h(x) = log p(x)
 *
 * Exact for every family. Queries are made in the space of the fit (centred and scaled). Full covariances are multiplied out to
 * [x ; vec xxᵀ], P = D + D²; tied ones need x alone, P = D.
 *
 * With `masked` a binary mixture takes queries of which only some cells are seen, each with a mask of its own: it is the query that carries the
 * mask, keys and bias stay. Then the evidence is log p(x_O), with nothing to add. Gaussian rows with hidden cells: see `complete`.
 *
 * In float32 the terms of Gaussian scores grow with the square of the distance from the middle of the data in a component's own deviations
 * (2 xᵀΣ_k⁻¹x, and more under correlations), and rounding with them. Where they may be above 1e4 `attend` reads the query in float64 by itself, as the model does; full
 * and tied covariances far from the middle are faster through `model.responsibilities`, which keeps the whitened form.
 *
 * @param model  a fitted mixture
 * @returns keys, bias, values and the two functions of x; plain arrays, made once
 * @throws BAD_OPTION for `masked` under a family that is not binary; BAD_MODEL where components are so narrow and far apart that natural parameters lose their digits; from `query` BAD_SHAPE, NOT_FINITE, BAD_DATA (a cell outside the support)
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
export function attentionFromMixture(model: MixtureLike, options?: { readonly masked?: false }): MixtureAttention;
export function attentionFromMixture(model: MixtureLike, options: { readonly masked: true }): MaskedMixtureAttention;
export function attentionFromMixture(
  model: MixtureLike,
  options: FromMixtureOptions = {},
): MixtureAttention | MaskedMixtureAttention {
  checkOptions(WHERE, options, ['masked']);
  const space = spaceOf(model);
  return options.masked ? maskedAttention(model, space) : wholeAttention(model, space);
}

function maskedAttention({ means, columns = null }: MixtureLike, space: Space): MaskedMixtureAttention {
  const { family, width } = space;
  if (!isBinary(family, width))
    fail(
      WHERE,
      'BAD_OPTION',
      `masked goes with binary families only, the family is ${show(family.spec.name)}; see complete`,
    );
  const { terms, bias, components: K } = gatedScores(space);
  const { natural } = terms[0] as LinearTerm;
  return {
    keys: { data: natural, rows: K, cols: 2 * width },
    bias,
    values: means,
    scale: 1,
    query(x, given) {
      const raw = dense(x, WHERE);
      const order = columnOrder(raw, columns, { width, where: WHERE });
      const mask = maskColumns(readMask(given, raw.rows, raw.cols, WHERE), raw.cols, order);
      const seen = seenCells(mask, takeColumns(raw, order));
      checkFinite(seen, WHERE);
      family.checkSupport(seen);
      return gatedStatistics(seen, mask, indices(raw.rows));
    },
  };
}

function wholeAttention(model: MixtureLike, space: Space): MixtureAttention {
  const form = linearForm(space.family.scores(space.params, space.logWeights), space.family);
  const far = form.bias.findIndex((b) => !(b === Number.NEGATIVE_INFINITY || Math.abs(b) <= MOST_BIAS));
  if (far >= 0)
    fail(
      WHERE,
      'BAD_MODEL',
      `component ${far} (counted from 0) lies so many of its deviations from the middle of the mixture that natural parameters lose the digits of its rows; read the model itself`,
    );
  const volume = logVolume(indices(space.width), space);
  const { columns = null } = model;
  const rows = (x: MatrixLike): Matrix => {
    const checked = alignColumns(matrix(x, WHERE), columns, { width: space.width, where: WHERE });
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
