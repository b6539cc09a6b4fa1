import type { Backend, MatrixLike, Reading, TensorLike } from '@mixtention/core';
import type { AttentionPositions } from './attention-positions.ts';
import type { AttentionBias, AttentionMask } from './log-prior.ts';
import type { OutputVariance } from './variance.ts';

export type AttendOptions = {
  /** Log prior of the keys, added to the scores. */
  readonly bias?: AttentionBias | undefined;
  /** Which keys a query may see: booleans, or 0 and 1 in integers. An additive mask of 0 and −∞ is a `bias`. */
  readonly mask?: AttentionMask | undefined;
  /** Causal masks, windows, ALiBi, relative biases and rotary positions, from the places of queries and keys in a sequence (or in time). */
  readonly positions?: AttentionPositions | undefined;
  /** Log prior of a component more, whose value is 0 and which every query sees: the sink of some Transformers; it takes `nullShare` of a query. */
  readonly sink?: number | undefined;
  /** Multiplies q·k (not the bias); default 1/√d. Give 1 when keys are natural parameters of a mixture. */
  readonly scale?: number | undefined;
  /** T, which multiplies all scores, bias and sink included; default 1, which is Bayes. An inverse temperature: below 1 weights are flatter. */
  readonly logitScale?: number | undefined;
  /** Where the kernel runs; default `float64`. */
  readonly backend?: Backend | undefined;
  /** Also return the responsibilities (attention weights) `[N, K]`. */
  readonly responsibilities?: boolean | undefined;
  /** Also return the best key of each query. */
  readonly labels?: boolean | undefined;
  /** Also return the variance of the output. */
  readonly variance?: boolean | undefined;
  /** Variances of the values themselves `[K, V]`, 0 or more, which count as variance within components; implies `variance`. */
  readonly valueVariance?: MatrixLike | undefined;
};

/** What a query makes of all keys: output `[N, V]`, evidence `[N]`, and what was asked for. */
export type AttentionReading = Reading & {
  readonly variance?: OutputVariance;
  /** Responsibility of the sink `[N]`, where there is one. */
  readonly nullShare?: Float64Array;
};

/** H matrices of one shape: a list of them (nested lists too), an array with its shape `[H, N, d]`, or a tensor of rank 3. */
export type Heads =
  | readonly MatrixLike[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly [heads: number, rows: number, cols: number] }
  | (TensorLike & { readonly shape: readonly [heads: number, rows: number, cols: number] });

export type AttendHeadsOptions = Omit<AttendOptions, 'sink' | 'valueVariance'> & {
  /** Log prior of the keys of each head `[H]`, in place of `bias`. */
  readonly headBias?: readonly AttentionBias[] | undefined;
  /** Positions of each head `[H]`, in place of `positions`: slopes of ALiBi differ from head to head. */
  readonly headPositions?: readonly AttentionPositions[] | undefined;
  /** A sink for all heads, or one for each `[H]`. */
  readonly sink?: number | ArrayLike<number> | undefined;
  /** `[H′, K, V]`, as the values. */
  readonly valueVariance?: Heads | undefined;
};

/** How a loss moves with what was read. */
export type OutputGradient = {
  /** ∂ℒ/∂output `[N, V]`; left out, it is 0. */
  readonly output?: MatrixLike | undefined;
  /** ∂ℒ/∂L `[N]`; left out, it is 0. That of a query that sees no key counts nothing. */
  readonly logEvidence?: ArrayLike<number> | undefined;
};

/** What a reading was, and how a loss moves with it. */
export type AttentionDownstream = {
  /** What `attend` returned for the same arguments. */
  readonly reading: Pick<AttentionReading, 'output' | 'logEvidence'>;
  readonly gradient: OutputGradient;
};

/** How the loss moves with what attention was given, in float64. */
export type AttentionGradient = {
  /** `[N, d]` */
  readonly queries: GradientMatrix;
  /** `[K, d]` */
  readonly keys: GradientMatrix;
  /** `[K, V]` */
  readonly values: GradientMatrix;
  /** By the bias of each key `[K]` */
  readonly bias: Float64Array;
  /** By the bias of each pair `[N, K]`, where it came as a matrix */
  readonly pairBias?: GradientMatrix;
  /** By the table of relative biases, where there is one */
  readonly relative?: Float64Array;
  /** By the sink, where there is one */
  readonly sink?: number;
};

export type GradientMatrix = { readonly data: Float64Array; readonly rows: number; readonly cols: number };
