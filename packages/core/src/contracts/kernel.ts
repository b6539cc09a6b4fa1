import type { Matrix } from './data.ts';
import type { BackendName, Precision } from './precision.ts';

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
