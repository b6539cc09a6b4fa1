import type { Matrix, RandomSource, Scaling, Transform, Tree } from './data.ts';
import type { Scores, Stand } from './scores.ts';
import type { Spec } from './spec.ts';
import type { TreeShape } from './tree-shape.ts';

/**
 * How rows of each component are distributed: what models, their files and completions ask for. A plain object of pure functions.
 * `Params` hold all K components. A family is one that can be fitted too; its posterior predictive, whose parameters are a posterior, can be read alone.
 */
// biome-ignore lint/suspicious/noExplicitAny: a collection of unlike parameters needs a common supertype
export interface Density<Params extends Tree = any> {
  /** Of a family, its name is that of folder and file: `gaussian-diagonal`. */
  readonly spec: Spec;
  /** What it takes each of D columns for. */
  columns(width: number): readonly ColumnKind[];
  /** Refuses rows outside the support, naming row and column. */
  checkSupport(x: Matrix, numbers?: CellNumbers): void;
  /** Scores whose evidence is log p(x) − log h(x): `b_k = logWeights_k − A(η_k) + const`. */
  scores(params: Params, logWeights: Float64Array): Scores;
  /**
   * The same scores from distances, `−½ (x − μ)²/σ²`, where `scores` are differences of larger terms, whose digits are lost where components lie far from 0 in their own
   * deviations. They are read, never written.
   */
  distanceScores?(params: Params, logWeights: Float64Array): Scores;
  /** The mixture of some columns, in the order given: the same components, all other columns integrated out. */
  marginal?(params: Params, columns: readonly number[]): MarginalDensity;
  /** What seen columns say of hidden ones within each component; what completions predict with. */
  conditional?(params: Params, seen: readonly number[], hidden: readonly number[]): Conditional;
  /** One row `[D]` drawn from a component. */
  sample(params: Params, component: number, random: RandomSource): Float64Array;
  /** Free parameters of K components, weights not counted. */
  freeParameters(components: number, width: number): number;
  /** Parameters mapped back to user space (columns that are not scaled stay as they are). */
  unscale(params: Params, transform: Transform): Params;
  /** The reverse of `unscale`: given starts come in user space. */
  rescale(params: Params, transform: Transform): Params;
  /** What a person reads: means `[K, D]`, covariances `[K, D, D]` or null where there are none. */
  describe(params: Params): Description;
  /** Chosen components: component k is the old one `order[k]`; some may be left out, or come more than once. */
  select(params: Params, order: readonly number[]): Params;
  /** What the parameters of K components over D columns look like: what a file is held to. */
  shape(components: number, width: number): TreeShape;
}

/**
 * What a component is made of: a density with all that fits need. It knows no algorithm.
 * `Prior` is one conjugate prior shared by the components, `Posterior` one per component.
 */
// biome-ignore lint/suspicious/noExplicitAny: as for Density
export interface Family<Params extends Tree = any, Prior extends Tree = any, Posterior extends Tree = any>
  extends Density<Params> {
  /** What the terms of its scores stand on for data of width D, in their order. */
  terms(width: number): readonly Stand[];
  /** Parameters around given centres `[K, D]`, spread as the whole data (mean statistics, see `meanStatistics`): where a fit starts. */
  startAt(centers: Matrix, meanStatistics: readonly Float64Array[]): Params;
  /**
   * Maximum likelihood from `counts` `[K]` and `sums`, one array a term: the inverse of ∇A at sums/counts.
   * `previous` answers for components that own nothing; `floor` is the least variance, relative to scaled columns.
   */
  estimate(counts: Float64Array, sums: readonly Float64Array[], previous: Params, floor: number): Estimate<Params>;
  /** What MAP and variational Bayes ask for; without one a family is fitted by maximum likelihood alone. */
  readonly prior?: ConjugatePrior<Params, Prior, Posterior>;
  /** That of a family is a family's. */
  marginal?(params: Params, columns: readonly number[]): Marginal;
  /** Parameters as free numbers, to be trained by gradients. */
  readonly coordinates?: Coordinates<Params, Prior>;
  /** What fits do unless asked otherwise: `weak`, which takes a prior, where maximum likelihood can give a new row probability 0; by default `none`. */
  readonly defaultPrior?: 'none' | 'weak';
  /** Rows of the space of the fit as starts measure distances between them, `[B, D]` → `[B, E]`; by default as they are. */
  embed?(x: Matrix): Matrix;
  /** Parameters from what `describe` prints; covariances default to the family's own. */
  fromDescription(description: Description): Params;
}

/** What rows and columns are called: `first` is the number of the first row (0), `columns` are those of the columns `[D]` (0 … D − 1). */
export type CellNumbers = { readonly first?: number; readonly columns?: readonly number[] };

/** What a family takes a column for. */
export type ColumnKind = {
  /** What is done to it before the fit: a family that is the same in every direction of some columns scales them together. */
  readonly scaling: Scaling;
  /**
   * `exact`: float32 holds what cells may be, as it holds whole numbers; `binary`: 0 or 1, independent of the other columns given the component, so
   * that a mean says all of it.
   */
  readonly cells: 'real' | 'exact' | 'binary';
};

/** A family whose parameters have a conjugate prior: what MAP and variational Bayes ask for. */
export type ConjugateFamily<
  // biome-ignore lint/suspicious/noExplicitAny: as for Family
  Params extends Tree = any,
  // biome-ignore lint/suspicious/noExplicitAny: as for Family
  Prior extends Tree = any,
  // biome-ignore lint/suspicious/noExplicitAny: as for Family
  Posterior extends Tree = any,
> = Family<Params, Prior, Posterior> & { readonly prior: ConjugatePrior<Params, Prior, Posterior> };

export type Estimate<Params> = {
  readonly params: Params;
  /** Components that own no data, or whose covariance fell to the floor. */
  readonly degenerate: readonly number[];
};

export type Description = { readonly means: Matrix; readonly covariances: readonly Matrix[] | null };

/** The conjugate prior of a family: everything MAP and variational Bayes need. */
export interface ConjugatePrior<Params extends Tree, Prior extends Tree, Posterior extends Tree> {
  /** A weak prior for data of width D in the space of the fit; `mean` are mean statistics, one array a term. */
  weak(width: number, mean: readonly Float64Array[]): Prior;
  /** The prior in words, with its numbers: "Beta(1.1, 1.1) on each probability". */
  describe(prior: Prior): string;
  /** Posterior of each of K components given its counts `[K]` and sums, one array a term. */
  posterior(prior: Prior, counts: Float64Array, sums: readonly Float64Array[]): Posterior;
  /** Posterior mode, in the parameterisation that the family's README names. */
  mode(posterior: Posterior): Params;
  /** Parameters in the middle of the posterior: means of means and probabilities, inverses of mean precisions. They exist where a mode does not. */
  mean(posterior: Posterior): Params;
  /** log p(params | prior), nats, every constant included, in that same parameterisation: what MAP adds to the likelihood. */
  logDensity(prior: Prior, params: Params): number;
  /** The scores of variational Bayes: E[η], E[−A(η)] and expected log weights in the bias. */
  expectedScores(posterior: Posterior, expectedLogWeights: Float64Array): Scores;
  /**
   * `log weights + log p(x | what the posterior has seen of each component)`, parameters integrated out, less the log base measure: what predicts a new
   * row. A draw of it is a row drawn from parameters that were drawn. Where it is a sum of terms; scores that can only be read.
   */
  predictive?(posterior: Posterior, logWeights: Float64Array): Scores;
  /**
   * The posterior of some columns, in the order given, of the family that the marginal of parameters has: its predictive is that of all columns with
   * the others integrated out.
   */
  marginal?(posterior: Posterior, columns: readonly number[]): Tree;
  /** What seen columns of a new row say of hidden ones within each component, parameters integrated out. */
  conditional?(posterior: Posterior, seen: readonly number[], hidden: readonly number[]): Conditional;
  /** KL(posterior ‖ prior), nats. */
  divergence(posterior: Posterior, prior: Prior): Parts;
  /**
   * The log ratio of normalisers of posterior and prior, nats: the log evidence of the rows that the posterior has seen as each component's own,
   * less their log base measure. It is E log likelihood − divergence.
   */
  evidence(posterior: Posterior, prior: Prior): Parts;
  /** Parameters of all components, a draw. */
  sample(posterior: Posterior, random: RandomSource): Params;
  /** Chosen components, as `Family.select`. What all share stays as it is. */
  select(posterior: Posterior, order: readonly number[]): Posterior;
  /** What a prior for D columns looks like. */
  shape(width: number): TreeShape;
  /**
   * What is wrong with a prior of that shape, in words that name a number, what it is and what was due: no density, or units that are not those of the data,
   * whose centre and scale `data` tells; null where nothing is. All in the user's units.
   */
  findWrong?(prior: Prior, data: Transform): string | null;
  /** What a posterior of K components over D columns looks like. */
  posteriorShape(components: number, width: number): TreeShape;
  /** From the space of the fit to the user's units; none where columns are not scaled. */
  unscale?(prior: Prior, transform: Transform): Prior;
  /** The reverse: a prior may be given in the user's units. */
  rescale?(prior: Prior, transform: Transform): Prior;
  unscalePosterior?(posterior: Posterior, transform: Transform): Posterior;
  rescalePosterior?(posterior: Posterior, transform: Transform): Posterior;
}

/** Parameters, and what they are of. */
export type MarginalDensity = { readonly family: Density; readonly params: Tree };

/** Parameters, and the family that they are of. */
export type Marginal = MarginalDensity & { readonly family: Family };

/** `E[x_H | x_S, k] = a_k + B_k x_S`. */
export type Conditional = {
  /** a, `[K, H]` */
  readonly intercepts: Float64Array;
  /** B, `[K, H, S]`, or `[1, H, S]` where all components share it; null where it is 0 */
  readonly slopes: Float64Array | null;
};

/** Arrays of numbers by name. */
export type NamedArrays = { readonly [name: string]: Float64Array };

/**
 * Parameters in coordinates that are free to take any value, so that a gradient step cannot leave the space of parameters. None may be called `logits`,
 * which are those of the weights, and stand beside them.
 */
export interface Coordinates<Params extends Tree, Prior extends Tree> {
  /** Coordinates of given parameters. */
  from(params: Params): NamedArrays;
  /** Parameters at given coordinates; other names are not looked at. */
  to(coordinates: NamedArrays, components: number): Params;
  /**
   * Gradient of Σ log evidence, whose gradient by bias and natural parameters are `counts` `[K]` and `sums`, one array a term; plus that of the log
   * prior density where there is one (in the parameterisation of the family's prior).
   */
  gradient(
    coordinates: NamedArrays,
    written: { readonly counts: Float64Array; readonly sums: readonly Float64Array[] },
    prior: Prior | null,
  ): NamedArrays;
  /** The nearest coordinates whose variances are not below the floor, and the components that had to be moved. */
  bound(
    coordinates: NamedArrays,
    components: number,
    floor: number,
  ): { readonly coordinates: NamedArrays; readonly degenerate: readonly number[] };
}

/** A sum over components of what belongs to each, and what all of them share (a tied covariance, say). */
export type Parts = { readonly perComponent: Float64Array; readonly shared: number };
