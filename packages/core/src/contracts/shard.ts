import type {
  Accumulated,
  AccumulateOptions,
  Accumulation,
  Backend,
  FillResponsibilities,
  KernelOptions,
  Reading,
  ReadOptions,
  ScoreVisit,
  WriteOptions,
  Written,
} from './backend.ts';
import type { Matrix } from './data.ts';
import type { Precision } from './precision.ts';
import type { Scores } from './scores.ts';

/** The precision of one call: that of the backend, or `float64` where it is asked for. Scores that need float64 get it anyway. */
export type InPrecision = { readonly precision?: Precision | undefined };

/** What `write` of rows of data returns: the evidence is that of the rows themselves. */
export type DataWritten = Written & {
  /** `Σₙ wₙ log h(xₙ)`, which is in `logEvidence` */
  readonly logBase: number;
};

/** What `accumulate` of rows of data returns. */
export type DataAccumulated = Accumulated & {
  /** `Σₙ wₙ log h(xₙ)` */
  readonly logBase: number;
};

/** Rows of data `[B, D]`, bound to a backend: T(x) is made once for each statistics and kept. */
export interface DataRows {
  readonly rows: number;
  readonly width: number;
  readonly backend: Backend;
  /** The rows themselves `[B, D]`, in the space of the fit, packed; in the precision of the backend, unless another is asked for. */
  matrix(precision?: Precision): Matrix;
  /** Expected statistics under the scores: the E-step. */
  write(scores: Scores, options?: WriteOptions & InPrecision): DataWritten;
  /** One row per data row. */
  read(scores: Scores, values: Matrix | null, options?: ReadOptions & InPrecision): Reading;
  /** L itself, a tile at a time, without log h(x). */
  score(scores: Scores, visit: ScoreVisit, options?: KernelOptions & InPrecision): void;
  /** Statistics under responsibilities from elsewhere: an M-step whose E-step is not a softmax of scores. In float32 it is for components of some width. */
  accumulate(
    into: Accumulation,
    fill: FillResponsibilities,
    options?: AccumulateOptions & InPrecision,
  ): DataAccumulated;
}

/** Rows handled by one `collect`. Row weights are applied by `write` and `accumulate`. */
export interface Shard extends DataRows {
  /** Order of summation, and of key derivation. */
  readonly index: number;
  /** Index of its first row in the data set. */
  readonly start: number;
  /** w `[B]`, or null. */
  readonly weights: Float64Array | null;
  /** The number of each row in the data set `[B]`: what noise that belongs to rows is keyed by. */
  numbers(): Int32Array;
}
