/** Row-major dense matrix: `data.length === rows * cols`. */
export type Matrix = {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly cols: number;
  /** Names of the columns `[D]`, where somebody knows them. */
  readonly columns?: readonly string[] | undefined;
};

/** Some rows, and how much each counts, w `[B]`; left out or null, 1. */
export type Sample = Matrix & { readonly weights?: Float64Array | null };

/** Plain data: what may cross a thread, a socket or a file. */
export type Tree = number | string | boolean | null | Float64Array | readonly Tree[] | { readonly [key: string]: Tree };

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
 * How one column is prepared: not at all; by its own mean and deviation; or, with a number, by its own mean and one deviation (the root mean
 * square of theirs) for all columns of that number.
 */
export type Scaling = 'none' | 'alone' | number;

/** How columns are prepared: none, each `alone`, all of them `jointly`, or column by column `[D]`. */
export type Standardize = boolean | 'jointly' | readonly Scaling[];

/** Column-wise map of user space to the space of the fit: `x̃ = (x − center) / scale`. */
export type Transform = { readonly center: Float64Array; readonly scale: Float64Array };
