import type { Backend, Matrix, MatrixLike } from '@mixtention/core';
import type { OutputVariance } from '../attend/variance.ts';

export type CompleteOptions = {
  /** Where the kernel runs; default `float64`. */
  readonly backend?: Backend | undefined;
  /** Also return p(z = k | x_O) `[N, K]`. */
  readonly responsibilities?: boolean | undefined;
  /** T, which multiplies all scores, the log weights included; default 1, which is Bayes. Below 1 responsibilities are less sure. */
  readonly logitScale?: number | undefined;
  /** The whole rows `[N, D]`: the hidden cells are scored against them. May be `observed` itself. */
  readonly truth?: MatrixLike | undefined;
  /** Also return what is left open of hidden cells; for components whose spread does not depend on what is seen (no Student-t predictives). */
  readonly variance?: boolean | undefined;
};

/** Completed rows, and how probable they were; log-probabilities in nats, in user space. */
export type Completion = {
  /** `[N, D]`: seen cells as they came, hidden cells their expectation E[x_M | x_O] */
  readonly completed: Matrix;
  /** log p(x_O) `[N]` */
  readonly logEvidence: Float64Array;
  /** p(z = k | x_O) `[N, K]`, or its power T, when asked for */
  readonly responsibilities?: Matrix;
  /** With `truth`, when responsibilities are asked for: p(z = k | x_O, x_M) `[N, K]`, what the hidden cells make of them once they are known; under T, ∝ r_k p(x_M | x_O, k) */
  readonly informedResponsibilities?: Matrix;
  /** With `truth`: log p(x_M | x_O) `[N]`, exact, of the hidden cells together */
  readonly jointLogProbability?: Float64Array;
  /** With `truth`: Σ_{j∈M} log p(x_j | x_O) `[N]`, of the hidden cells one by one, which forgets how they hang together */
  readonly marginalLogProbability?: Float64Array;
  /** Var[x_j | x_O] `[N, D]`, within components and between them, when asked for; 0 for seen cells */
  readonly variance?: OutputVariance;
};
