import type { Downstream, Gradients } from './backward.ts';
import type { Matrix } from './data.ts';
import type { PositionBias } from './position-bias.ts';
import type { BackendName, Precision } from './precision.ts';
import type { Scores, Stand } from './scores.ts';

/** Fills `out` `[count, K]` (row-major) with what is added to the scores of rows `start … start + count`; −∞ masks a pair. */
export type PairBias = (start: number, count: number, out: Float64Array | Float32Array) => void;

/** Anything with an `aborted` claim: an AbortSignal, or a flag in shared memory. Read between tiles. */
export type Cancellation = { readonly aborted: boolean };

export type KernelOptions = {
  /** Added to every score of a tile: attention bias and masks. */
  readonly pairBias?: PairBias;
  /** Added likewise, beside it or alone: what follows from where rows and components stand. */
  readonly positions?: PositionBias;
  readonly cancel?: Cancellation;
};

export type WriteOptions = KernelOptions & {
  /** w `[N]`; a weight of 0 is a row removed, an integer a row repeated. */
  readonly rowWeights?: Float64Array;
  /** One-hot responsibilities (hard EM): the whole row goes to its best component. */
  readonly hard?: boolean;
  /** Whether `entropy` is wanted: two more passes over the scores on tensor backends, next to nothing on others. */
  readonly entropy?: boolean;
};

/** What `write` returns, all in float64. */
export type Written = {
  /** `counts_k = Σₙ wₙ r_nk`, `[K]` */
  readonly counts: Float64Array;
  /** `Σₙ wₙ r_nk T(xₙ)`, one array a term, laid out as the `squares` of its statistics say */
  readonly sums: readonly Float64Array[];
  /** `Σₙ wₙ Lₙ`, nats, with `Lₙ = log Σₖ exp L_nk`; under `hard` `Σₙ wₙ maxₖ L_nk` */
  readonly logEvidence: number;
  /** `Σₙ wₙ log maxₖ r_nk` (soft responsibilities): the classification part of ICL */
  readonly logMaxResponsibility: number;
  /** `−Σₙ wₙ Σₖ r_nk log r_nk`, where it was asked for; 0 under `hard` */
  readonly entropy?: number;
  /** `Σₙ wₙ` over rows that some component owns */
  readonly weight: number;
  /** Rows (of weight above 0) whose scores were all −∞: owned by nobody, they add nothing. */
  readonly orphans: number;
  /** What it was computed in. */
  readonly precision: Precision;
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
  /** What it was computed in. */
  readonly precision: Precision;
};

/**
 * Sees the scores L `[count, K]` (row-major) of rows `start … start + count`, −∞ where a pair is masked or a component switched off. The memory
 * is filled anew for the next tile.
 */
export type ScoreVisit = (start: number, count: number, scores: Float64Array | Float32Array) => void;

export type BackwardOptions = KernelOptions & {
  /** Sees `∂ℒ/∂L_nk` as well, as `ScoreVisit` sees scores: what biases of pairs are learnt by. */
  readonly slopes?: ScoreVisit;
};

/** What responsibilities are summed into: statistics of K components, one stand for each set of rows. */
export type Accumulation = { readonly components: number; readonly stands: readonly Stand[] };

/**
 * Fills `out` `[count, K]` (row-major, 0 before) with the responsibilities of rows `start … start + count`: finite, not negative, of any sum.
 * A row of zeros is owned by nobody. Rows are asked for again where sums come out as no numbers.
 */
export type FillResponsibilities = (start: number, count: number, out: Float64Array | Float32Array) => void;

export type AccumulateOptions = Pick<WriteOptions, 'rowWeights' | 'cancel'>;

/** What `accumulate` returns, all in float64. */
export type Accumulated = Pick<Written, 'counts' | 'sums' | 'weight' | 'precision'> & {
  /** `−Σₙ wₙ Σₖ r_nk log r_nk` */
  readonly entropy: number;
};

/** Rows as they lie in memory: `stride ≥ cols` values apart, the padding zero. */
export type RowBlock = Matrix & { readonly stride: number };

/** A backend's own handle on rows that it has taken in; freed by `release`. */
export type Rows = { readonly rows: number; readonly cols: number };

/**
 * One implementation of the kernel. All calls are synchronous, stream in tiles and never hold N×K.
 * Each takes one `Rows` a term, in the order of the terms, that holds its T(x) `[N, C]`; two terms may share one.
 */
export interface Backend {
  readonly name: BackendName;
  /** Which build of its kernel it is, where there are several whose last bits differ: a set of instructions, or how multiply–adds are rounded. */
  readonly kernel?: string | undefined;
  readonly precision: Precision;
  /** The same kernel in float64, where a float32 backend has one of its own; passes in float64 are made on it (see `inFloat64`). */
  readonly exact?: Backend;
  /** The tfjs module of a tfjs backend, else null; typed by those who use it, so that the root entry needs no tfjs types. */
  readonly tf: unknown;
  take(block: RowBlock): Rows;
  release(rows: Rows): void;
  write(rows: readonly Rows[], scores: Scores, options?: WriteOptions): Written;
  read(rows: readonly Rows[], scores: Scores, values: Matrix | null, options?: ReadOptions): Reading;
  /**
   * Gradients of a loss of `read`, for linear terms, in tiles too: scores are made again. `options` are those of the read, and `slopes`. What a row
   * that sees no component tells is nothing.
   *
   * Source: Dao et al. (2022), FlashAttention, app. B.2, with the gradient of the evidence added.
   */
  backward(
    rows: readonly Rows[],
    scores: Scores,
    values: Matrix | null,
    downstream: Downstream,
    options?: BackwardOptions,
  ): Gradients;
  /** L itself, a tile at a time, in the order of the rows. */
  score(rows: readonly Rows[], scores: Scores, visit: ScoreVisit, options?: KernelOptions): void;
  /** Sums under responsibilities that are given a tile at a time, one `Rows` a stand. Products are summed about 0, wherever components lie. */
  accumulate(
    rows: readonly Rows[],
    into: Accumulation,
    fill: FillResponsibilities,
    options?: AccumulateOptions,
  ): Accumulated;
}
