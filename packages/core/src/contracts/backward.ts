import type { Matrix } from './data.ts';
import type { Precision } from './precision.ts';

/** What a reading was, and how a loss moves with it. */
export type Downstream = {
  /** What `read` returned for the same rows, scores, values and biases. */
  readonly reading: { readonly output: Matrix; readonly logEvidence: Float64Array };
  readonly gradient: {
    /** ∂ℒ/∂output `[N, V]`; left out, it is 0. */
    readonly output?: Matrix;
    /** ∂ℒ/∂L `[N]`; left out, it is 0. That of a row that sees no component counts nothing. */
    readonly logEvidence?: Float64Array;
  };
};

/** How the loss moves with what was read, in float64. */
export type Gradients = {
  /** ∂ℒ/∂T(x) `[N, C]`, one matrix a term */
  readonly queries: readonly Matrix[];
  /** ∂ℒ/∂η `[K, C]`, one array a term */
  readonly natural: readonly Float64Array[];
  /** ∂ℒ/∂b `[K]` */
  readonly bias: Float64Array;
  /** ∂ℒ/∂v `[K, V]`; `[K, 0]` without values */
  readonly values: Matrix;
  /** What it was computed in. */
  readonly precision: Precision;
};
