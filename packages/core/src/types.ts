/**
 * The contracts that every package lives by.
 *
 * Shape letters, used in every docstring without redefinition:
 * N rows (data points, queries) · D data width · P statistic width · K components (keys) · V value width · B rows in a tile.
 */

/** Row-major dense matrix: `data.length === rows * cols`. */
export type Matrix = {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly cols: number;
};

/** Plain data: what may cross a thread, a socket or a file. */
export type Tree = number | string | boolean | null | Float64Array | readonly Tree[] | { readonly [key: string]: Tree };

/** Scores `L = S·Hᵀ + b` of statistics S `[N, P]`. `natural` is H `[K, P]`, `bias` is b `[K]` (−∞ switches a component off). */
export type LinearScores = {
  readonly form: 'linear';
  readonly components: number;
  readonly width: number;
  readonly natural: Float64Array;
  readonly bias: Float64Array;
  /** What it needs at least; left out, the size of its terms tells (see `precise`). */
  readonly precision?: Precision;
};

/**
 * Scores `L_nk = b_k − ½‖W_k x_n − c_k‖²`, for full and tied Gaussian covariances, whose linear form loses digits in float32.
 * `whitening` is W `[K, D, D]` (row-major, `W_k = L_k⁻¹` for Σ_k = L_k L_kᵀ), `offset` is c `[K, D]`. Its statistics are `[x; vec xxᵀ]`, P = D + D².
 */
export type WhitenedScores = {
  readonly form: 'whitened';
  readonly components: number;
  readonly width: number;
  readonly whitening: Float64Array;
  readonly offset: Float64Array;
  readonly bias: Float64Array;
  /** What it needs at least; left out, the size of its terms tells (see `precise`). */
  readonly precision?: Precision;
};

export type Scores = LinearScores | WhitenedScores;

/** Fills `out` `[count, K]` (row-major) with what is added to the scores of rows `start … start + count`; −∞ masks a pair. */
export type PairBias = (start: number, count: number, out: Float64Array | Float32Array) => void;

/** Anything with an `aborted` claim: an AbortSignal, or a flag in shared memory. Read between tiles. */
export type Cancellation = { readonly aborted: boolean };

export type KernelOptions = {
  /** Added to every score of a tile: attention bias and masks. */
  readonly pairBias?: PairBias;
  readonly cancel?: Cancellation;
};

export type WriteOptions = KernelOptions & {
  /** w `[N]`; a weight of 0 is a row removed, an integer a row repeated. */
  readonly rowWeights?: Float64Array;
  /** One-hot responsibilities (hard EM): the whole row goes to its best component. */
  readonly hard?: boolean;
};

/** What `write` returns, all in float64. */
export type Written = {
  /** `counts_k = Σₙ wₙ r_nk`, `[K]` */
  readonly counts: Float64Array;
  /** `sums_k = Σₙ wₙ r_nk T(xₙ)`, `[K, P]` */
  readonly sums: Float64Array;
  /** `Σₙ wₙ Lₙ`, nats, with `Lₙ = log Σₖ exp L_nk`; under `hard` `Σₙ wₙ maxₖ L_nk` */
  readonly logEvidence: number;
  /** `Σₙ wₙ log maxₖ r_nk` (soft responsibilities): the classification part of ICL */
  readonly logMaxResponsibility: number;
  /** `Σₙ wₙ` over rows that some component owns */
  readonly weight: number;
  /** Rows (of weight above 0) whose scores were all −∞: owned by nobody, they add nothing. */
  readonly orphans: number;
};

export type ReadOptions = KernelOptions & {
  /** Also return R `[N, K]`: the one result whose size is N×K, so only on demand. */
  readonly responsibilities?: boolean;
  /** Also return `argmaxₖ` per row. */
  readonly labels?: boolean;
};

/** What `read` returns. A row whose scores are all −∞ gives output 0, evidence −∞, label −1, responsibilities 0. */
export type Reading = {
  /** `R·V` `[N, V]`; `[N, 0]` without values */
  readonly output: Matrix;
  /** `Lₙ = log Σₖ exp L_nk` `[N]` */
  readonly logEvidence: Float64Array;
  readonly responsibilities?: Matrix;
  readonly labels?: Int32Array;
};

export type BackendName = 'native' | 'wasm' | 'plain';
export type Precision = 'float32' | 'float64';

/** Rows as they lie in memory: `stride ≥ cols` values apart, the padding zero. */
export type RowBlock = Matrix & { readonly stride: number };

/** A backend's own handle on rows that it has taken in; freed by `release`. */
export type Rows = { readonly rows: number; readonly cols: number };

/**
 * One implementation of the kernel. `write` and `read` are synchronous, stream in tiles and never hold N×K.
 * Under `form: 'linear'` rows hold statistics S; under `form: 'whitened'` rows hold x itself.
 */
export interface Backend {
  readonly name: BackendName;
  readonly precision: Precision;
  /** The tfjs module of a tfjs backend, else null; typed by those who use it, so that the root entry needs no tfjs types. */
  readonly tf: unknown;
  take(block: RowBlock): Rows;
  release(rows: Rows): void;
  write(rows: Rows, scores: Scores, options?: WriteOptions): Written;
  read(rows: Rows, scores: Scores, values: Matrix | null, options?: ReadOptions): Reading;
}

/**
 * How columns are prepared: not at all, each by its own mean and deviation, or each by its mean and all by one deviation (the root mean
 * square of theirs), for a family that is the same in every direction.
 */
export type Standardize = boolean | 'jointly';

/** Column-wise map of user space to the space of the fit: `x̃ = (x − center) / scale`. */
export type Transform = { readonly center: Float64Array; readonly scale: Float64Array };

/**
 * What a component is made of. A plain object of pure functions; it knows no algorithm.
 * `Params` hold all K components; `Prior` is one conjugate prior shared by them, `Posterior` one per component.
 */
// biome-ignore lint/suspicious/noExplicitAny: a collection of families of unlike parameters needs a common supertype
export interface Family<Params extends Tree = any, Prior extends Tree = any, Posterior extends Tree = any> {
  /** Folder, file and spec name: `gaussian-diagonal`. */
  readonly name: string;
  /** What is done to columns before the fit: `true` centres and scales each (an affine family), `jointly` centres each and scales all alike. */
  readonly standardize: Standardize;
  /** Every cell is 0 or 1 and columns are independent given the component, so that a mean says all of a column: predictions need no more. */
  readonly binary?: true;
  /** P for data of width D. */
  statisticsWidth(width: number): number;
  /** T(x): `[N, D]` → `[N, P]`, in the precision of x. */
  statistics(x: Matrix): Matrix;
  /** Refuses rows outside the support, naming row and column. */
  checkSupport(x: Matrix): void;
  /** log h(x) `[N]` where it is not folded into the bias; null when it is 0. */
  logBaseMeasure(x: Matrix): Float64Array | null;
  /** Scores whose evidence is log p(x) − log h(x): `b_k = logWeights_k − A(η_k) + const`. */
  scores(params: Params, logWeights: Float64Array): Scores;
  /** Parameters around given centres `[K, D]`, spread as the whole data (mean statistics `[P]`): where a fit starts. */
  startAt(centers: Matrix, meanStatistics: Float64Array): Params;
  /**
   * Maximum likelihood from `counts` `[K]` and `sums` `[K, P]`: the inverse of ∇A at sums/counts.
   * `previous` answers for components that own nothing; `floor` is the least variance, relative to scaled columns.
   */
  estimate(counts: Float64Array, sums: Float64Array, previous: Params, floor: number): Estimate<Params>;
  readonly prior: ConjugatePrior<Params, Prior, Posterior>;
  /** What fits do unless asked otherwise: `weak` where maximum likelihood can give a new row probability 0; by default `none`. */
  readonly defaultPrior?: 'none' | 'weak';
  /** One row `[D]` drawn from a component. */
  sample(params: Params, component: number, random: RandomSource): Float64Array;
  /** Free parameters of K components, weights not counted. */
  freeParameters(components: number, width: number): number;
  /** Parameters mapped back to user space (identity when `standardize` is false). */
  unscale(params: Params, transform: Transform): Params;
  /** The reverse of `unscale`: given starts come in user space. */
  rescale(params: Params, transform: Transform): Params;
  /** What a person reads: means `[K, D]`, covariances `[K, D, D]` or null where the family has none. */
  describe(params: Params): Description;
  /** Parameters from what `describe` prints; covariances default to the family's own. */
  fromDescription(description: Description): Params;
  /** The same components in another order: `order[k]` is the old index of the new component k. */
  permute(params: Params, order: readonly number[]): Params;
}

export type Estimate<Params> = {
  readonly params: Params;
  /** Components that own no data, or whose covariance fell to the floor. */
  readonly degenerate: readonly number[];
};

export type Description = { readonly means: Matrix; readonly covariances: readonly Matrix[] | null };

/** The conjugate prior of a family: everything MAP and variational Bayes need. */
export interface ConjugatePrior<Params extends Tree, Prior extends Tree, Posterior extends Tree> {
  /** A weak prior for data of width D in the space of the fit; `mean` `[P]` are mean statistics. */
  weak(width: number, mean: Float64Array): Prior;
  /** The prior in words, with its numbers: "Beta(1.1, 1.1) on each probability". */
  describe(prior: Prior): string;
  /** Posterior of each of K components given its counts `[K]` and sums `[K, P]`. */
  posterior(prior: Prior, counts: Float64Array, sums: Float64Array): Posterior;
  /** Posterior mode, in the parameterisation that the family's README names. */
  mode(posterior: Posterior): Params;
  /** log p(params | prior), nats, every constant included, in that same parameterisation: what MAP adds to the likelihood. */
  logDensity(prior: Prior, params: Params): number;
  /** The scores of variational Bayes: E[η], E[−A(η)] and expected log weights in the bias. */
  expectedScores(posterior: Posterior, expectedLogWeights: Float64Array): Scores;
  /** Σₖ KL(posterior_k ‖ prior), nats. */
  divergence(posterior: Posterior, prior: Prior): number;
}

/** Draws; see `random/`. */
export type RandomSource = {
  /** In (0, 1), never 0 or 1. */
  uniform(): number;
  /** Integer in [0, n). */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
};

/** A splittable key, plain data; see `random/`. */
export type Key = { readonly seed: number; readonly path: readonly (string | number)[] };

/**
 * Names, not functions, for what must cross a thread: `module` (bare name or URL) exports `algorithms`, a record of factories by name;
 * `from` is the `import.meta.url` from which a bare name is resolved.
 */
export type Spec = {
  readonly algorithm: string;
  readonly module: string;
  readonly from: string;
  readonly config: Tree;
};

/** Rows handled by one `collect`, bound to a backend. */
export interface Shard {
  /** Order of summation, and of key derivation. */
  readonly index: number;
  /** Index of its first row in the data set. */
  readonly start: number;
  readonly rows: number;
  readonly width: number;
  /** w `[B]`, or null. */
  readonly weights: Float64Array | null;
  readonly backend: Backend;
  /** The rows themselves `[B, D]`, in the space of the fit, packed. */
  matrix(): Matrix;
  /** Expected statistics of a family under the scores: the E-step. T(x) is computed once and kept. Row weights are applied. */
  write(family: Statistics, scores: Scores, options?: WriteOptions): Written;
  /** One row per data row. */
  read(family: Statistics, scores: Scores, values: Matrix | null, options?: ReadOptions): Reading;
  /** Some of its rows, by index within the shard: a minibatch. Whoever asks for it releases what the backend took in for it. */
  subset(rows: Int32Array): Shard & { release(): void };
}

/** The part of a family that the kernel's input is made with. */
export type Statistics = Pick<Family, 'name' | 'statistics' | 'statisticsWidth' | 'logBaseMeasure'>;

/** One data set, held once in (shared) memory and cut into shards; plain data, so it may cross to workers without a copy. */
export type Dataset = {
  /** Unique within the process; worker caches are keyed by it. */
  readonly id: string;
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly precision: Precision;
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
  /** First row of each shard, and the row count as last entry. Depends on the data only, never on workers. */
  readonly cuts: readonly number[];
  /** w `[N]` or null. */
  readonly weights: Float64Array | null;
  /** Σ w, or N. */
  readonly totalWeight: number;
  readonly transform: Transform;
};

/** Whether the objective rises with every step, or only on average. */
export type Claims = { readonly objective: 'monotone' | 'noisy' };

/**
 * An algorithm: a plain object from a factory closing over plain config.
 * One step = `collect` on every shard, add in shard order, `update` once.
 */
export interface Algorithm<State extends Tree, Stats extends Tree, Info extends StepInfo> {
  readonly spec: Spec;
  readonly claims: Claims;
  /** The first state, from a bounded sample of rows in the space of the fit. */
  init(key: Key, sample: Matrix): State;
  /**
   * Pure; any shard, any machine. The sum over shards of its numbers and arrays is what `update` gets; all else must be equal on all shards.
   * An entry `precision` names what they were computed in, where `update` needs to know.
   */
  collect(state: State, shard: Shard, cancel?: Cancellation): Stats;
  /** Pure; `info` speaks of the state that came in, `state` is the one that goes out. */
  update(state: State, stats: Stats): { readonly state: State; readonly info: Info };
}

/** What every step tells, at least. */
export type StepInfo = {
  /** What the algorithm raises (total, nats): log-likelihood, log posterior or bound. */
  readonly objective: number;
  /** Log-likelihood of the data in the space of the fit (total, nats), where the step knows it. */
  readonly logLikelihood: number;
  /** `Σₙ wₙ log maxₖ r_nk`, where the step knows it: the classification part of ICL. */
  readonly logMaxResponsibility?: number;
  /** Size of the terms that the objective is a difference of, where they cancel: rounding is judged against it. */
  readonly magnitude?: number;
  /** What the objective was computed in, where that may change on the way: objectives of two precisions are not compared. */
  readonly precision?: Precision;
  /** Why the algorithm itself wants to stop, if it does. */
  readonly status?: 'converged' | 'diverged' | 'degenerate';
  readonly degenerate?: readonly number[];
};

// biome-ignore lint/suspicious/noExplicitAny: executors and loops handle algorithms of any state
export type AnyAlgorithm = Algorithm<any, any, any>;

/** Maps an algorithm over the shards of a data set and returns the sum, in shard order, in float64. */
export interface Executor {
  readonly backend: BackendName;
  readonly precision: Precision;
  readonly workers: number;
  collect(
    algorithm: AnyAlgorithm,
    state: Tree,
    dataset: Dataset,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Tree>;
  close(): Promise<void>;
}

/** How a run ended. */
export type Status = 'converged' | 'stopped' | 'diverged' | 'degenerate';
