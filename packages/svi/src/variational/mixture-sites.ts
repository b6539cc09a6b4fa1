import type { Family, Tree } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { cholesky, inverseFromCholesky } from '@mixtention/core/numeric';
import { multivariateNormal } from '../distributions/index.ts';
import { linearForm } from '../distributions/linear-form.ts';
import {
  broadcastTo,
  constant,
  cholesky as factorOf,
  log,
  log1p,
  matmul,
  mul,
  neg,
  pow,
  reshape,
  sub,
  sum,
  transpose,
  triangularSolve,
  type Value,
  value,
} from '../graph/index.ts';
import type { ModelTools } from '../model/index.ts';
import { WHERE } from './variational-options.ts';

/** Log densities of rows under K components, as `bias_k + T_n·natural_k`: T `[N, P]`, bias `[K]`, natural `[K, P]`. */
export type ComponentScores = { readonly statistics: Value; readonly bias: Value; readonly natural: Value };

/** Values by site: of a start, or means of an approximate posterior; flat. */
export type SiteValues = { readonly [site: string]: Float64Array };

type Sites = { readonly [site: string]: Value };
type Size = { readonly components: number; readonly width: number };

/** How a family's components are stated with their conjugate prior, and what its parameters have to do with the sites. */
export type MixtureSites = {
  /** How many statistics a row of so many columns has, at most. */
  readonly statistics: (width: number) => number;
  /** States the latents of K components, in the space of the fit. */
  readonly state: (m: ModelTools, prior: Tree, size: Size) => Sites;
  /** Sites at values that are known. */
  readonly at: (values: SiteValues, size: Size) => Sites;
  /** Scores of rows `[N, D]` that are known. */
  readonly scores: (sites: Sites, rows: Value, size: Size) => ComponentScores;
  /** Values of the sites at parameters of the family. */
  readonly from: (params: Tree, size: Size) => SiteValues;
  /** Parameters of the family at means of the sites: precisions become covariances, Σ = (E Λ)⁻¹. */
  readonly to: (means: SiteValues, size: Size) => Tree;
};

/** The sites of a family, by the name in its spec. */
export function sitesOf(family: Family): MixtureSites {
  const known = table[family.spec.name];
  if (known === undefined)
    return fail(
      WHERE,
      'BAD_OPTION',
      `family is ${family.spec.name}, whose components are not written as a model here; ${Object.keys(table).join(', ')} are`,
    );
  return known;
}

type Wishart = {
  readonly mean: Float64Array;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: Float64Array;
};
type Gammas = {
  readonly mean: Float64Array;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: Float64Array | number;
};

/** Λ_k ~ Wishart(W, ν), μ_k ~ N(m, (βΛ_k)⁻¹); one Λ for all where `isTied`. */
const matrices = (isTied: boolean): MixtureSites => ({
  statistics: (width) => width * (width + 1),
  state: (m, given, { components, width }) => {
    const { mean, shrinkage, degrees, inverseScale } = given as Wishart;
    const scale = reshape(value(inverseOf(inverseScale, width)), [width, width]);
    const precision = m.sample('precision', m.wishart(degrees, { scale }), { shape: isTied ? [] : [components] });
    const covariance = inverse(precision);
    const spread = { covariance: mul(covariance, 1 / shrinkage) };
    const center = m.sample('mean', m.multivariateNormal(mean, spread), { shape: isTied ? [components] : [] });
    return { mean: center, covariance };
  },
  at: ({ mean, precision }, { components, width }) => ({
    mean: constant(mean!, [components, width]),
    covariance: constant(
      eachMatrix(precision!, width, inverseOf),
      isTied ? [width, width] : [components, width, width],
    ),
  }),
  scores: ({ mean, covariance }, rows) => linearForm(multivariateNormal(mean!, { covariance: covariance! }), rows)!,
  from: (params, { components, width }) => {
    const { means, covariances, covariance } = params as { [name: string]: Float64Array };
    const all = covariances ?? covariance!;
    const precision = eachMatrix(all, width, inverseOf);
    return { mean: means!.slice(0, components * width), precision };
  },
  to: ({ mean, precision }, { width }) => {
    const inverses = eachMatrix(precision!, width, inverseOf);
    return { width, means: mean!, ...(isTied ? { covariance: inverses } : { covariances: inverses }) };
  },
});

/** λ ~ Gamma(ν/2, s/2), μ ~ N(m, 1/(βλ)), cell by cell; one λ a component where `isSpherical`. */
const numbers = (isSpherical: boolean): MixtureSites => ({
  statistics: (width) => 2 * width,
  state: (m, given, { components, width }) => {
    const { mean, shrinkage, degrees, inverseScale } = given as Gammas;
    const shape = isSpherical ? [components] : [components, width];
    const precision = m.sample('precision', m.gamma(degrees / 2, mul(0.5, inverseScale)), { shape });
    const wide = isSpherical ? reshape(precision, [components, 1]) : precision;
    const center = m.sample('mean', m.normal(mean, pow(mul(shrinkage, wide), -0.5)));
    return { mean: center, precision: wide };
  },
  at: ({ mean, precision }, { components, width }) => ({
    mean: constant(mean!, [components, width]),
    precision: constant(precision!, [components, isSpherical ? 1 : width]),
  }),
  scores: ({ mean, precision }, rows, { components, width }) => {
    const deviations = broadcastTo(pow(precision!, -0.5), [components, width]);
    return linearForm(multivariateNormal(mean!, { deviations }), rows)!;
  },
  from: (params) => {
    const { means, variances } = params as { [name: string]: Float64Array };
    return { mean: means!, precision: variances!.map((v) => 1 / v) };
  },
  to: ({ mean, precision }, { width }) => ({ width, means: mean!, variances: precision!.map((p) => 1 / p) }),
});

/** Probabilities of a start are no nearer than this to 0 and 1, which have no free coordinates. */
const LEAST = 0.02;

const bernoulli: MixtureSites = {
  statistics: (width) => width,
  state: (m, given, { components, width }) => {
    const { a, b } = given as { readonly a: number; readonly b: number };
    return { probability: m.sample('probability', m.beta(a, b), { shape: [components, width] }) };
  },
  at: ({ probability: known }, { components, width }) => ({ probability: constant(known!, [components, width]) }),
  scores: ({ probability }, rows) => {
    const no = log1p(neg(probability!));
    return { statistics: rows, bias: sum(no, 1), natural: sub(log(probability!), no) };
  },
  from: (params) => {
    const { probabilities } = params as { probabilities: Float64Array };
    return { probability: probabilities.map((p) => Math.min(1 - LEAST, Math.max(LEAST, p))) };
  },
  to: ({ probability }, { width }) => ({ width, probabilities: probability! }),
};

const table: { readonly [family: string]: MixtureSites } = {
  bernoulli,
  'gaussian-diagonal': numbers(false),
  'gaussian-spherical': numbers(true),
  'gaussian-tied': matrices(true),
  'gaussian-full': matrices(false),
};

/** Λ⁻¹ = L⁻ᵀ L⁻¹ of a matrix, or of each of a batch. */
function inverse(precision: Value): Value {
  const { shape } = precision;
  const d = shape.at(-1)!;
  const identity = value(Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0))));
  const root = triangularSolve(factorOf(precision), broadcastTo(identity, shape));
  const axes = shape.map((_, axis) => axis);
  return matmul(transpose(root, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]), root);
}

function inverseOf(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(matrix.length);
  cholesky(matrix, width, factor);
  return inverseFromCholesky(factor, width);
}

/** A new array of matrices, made one by one. */
function eachMatrix(
  all: Float64Array,
  width: number,
  make: (one: Float64Array, width: number) => Float64Array,
): Float64Array {
  const size = width * width;
  const made = new Float64Array(all.length);
  for (let at = 0; at < all.length; at += size) made.set(make(all.subarray(at, at + size), width), at);
  return made;
}
