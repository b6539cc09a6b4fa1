import type { Matrix } from './data.ts';
import type { Precision } from './precision.ts';

/**
 * T(x) of some columns: what a term of scores stands on. A constant of the family that makes it.
 *
 * Shards keep T(x) by `key`: two of one key make the same T(x) and the same log h(x).
 */
export type Statistics = {
  readonly key: string;
  /**
   * What sums hold of the products of T(x), C its width:
   *
   *     none    Σ r t              [K, C]
   *     each    and Σ r t tᵀ       [K, C + C(C+1)/2], a component a row
   *     pooled  and Σ_k Σ r t tᵀ   [K·C + C(C+1)/2], one matrix for all components: what a shared covariance needs
   *
   * Symmetric matrices travel as lower triangles, row by row.
   */
  readonly squares: 'none' | 'each' | 'pooled';
  /** C for so many columns. */
  width(columns: number): number;
  /** T(x): `[N, D]` → `[N, C]`, in the precision of x. */
  statistics(x: Matrix): Matrix;
  /** log h(x) `[N]` where it is not folded into the bias; null when it is 0. */
  logBaseMeasure(x: Matrix): Float64Array | null;
};

/** Statistics, and the columns that they are made of: all where there is no list. */
export type Stand = { readonly statistics: Statistics; readonly columns: readonly number[] | null };

type TermOf = Stand & {
  /** C: width of T(x). */
  readonly width: number;
  /** What it needs at least: `float32` is content whatever its size; left out, the size of its terms tells. */
  readonly precision?: Precision;
};

/** Adds `t·η_k`. `natural` is η `[K, C]`. */
export type LinearTerm = TermOf & { readonly form: 'linear'; readonly natural: Float64Array };

type Factored = TermOf & {
  /** W `[K, R, C]`, row-major, or `[1, R, C]` where all components share it */
  readonly factor: Float64Array;
  /** c `[K, R]` */
  readonly offset: Float64Array;
  /** W is square and lower triangular, as `W_k = L_k⁻¹` for `Σ_k = L_k L_kᵀ`. */
  readonly triangular?: boolean;
};

/**
 * Adds `−½‖W_k t − c_k‖²`: Gaussian covariances that are full or shared, whose linear form loses digits in float32; regressions and covariances
 * of low rank with R ≠ C.
 */
export type WhitenedTerm = Factored & { readonly form: 'whitened' };

/**
 * Adds the kernel of a Student-t, of R dimensions, or one of each row of the factor: what predicts a Gaussian row under a conjugate posterior.
 *
 *     scale, degrees [K]     −(ν_k + R)/2 · log(1 + s_k ‖W_k t − c_k‖² / ν_k)
 *     scale, degrees [K, R]  Σ_r −(ν_kr + 1)/2 · log(1 + s_kr (W_k t − c_k)_r² / ν_kr)
 *
 * With degrees of +∞ it is `−½ s ‖W t − c‖²`, the limit. Normalizers belong to the bias. It is read only: `write` refuses it.
 */
export type StudentTerm = Factored & {
  readonly form: 'student';
  readonly scale: Float64Array;
  readonly degrees: Float64Array;
};

export type Term = LinearTerm | WhitenedTerm | StudentTerm;

/**
 * Scores `L_nk = b_k + Σ_terms s_k(T(x_n))`: a bias, and a sum of terms that each stand on some columns.
 * `bias` is b `[K]`; −∞ switches a component off.
 */
export type Scores = {
  readonly components: number;
  readonly bias: Float64Array;
  readonly terms: readonly Term[];
};
