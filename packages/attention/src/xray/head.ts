import type { Backend, Matrix } from '@mixtention/core';
import type { ScoresOf } from './others.ts';

/** Added to the scores: one number a key `[K]`, one a pair `[N, K]`, or a function of the pair. */
export type HeadBias = Float64Array | Matrix | ((query: number, key: number) => number);

/** Which keys a query sees. */
export type HeadMask =
  | 'causal'
  | Uint8Array
  | { readonly data: Uint8Array; readonly rows: number; readonly cols: number }
  | ((query: number, key: number) => boolean);

/** A head by its queries and keys: all can be told. */
export type ScoredHead = {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix | null;
  readonly bias: HeadBias | undefined;
  readonly mask: HeadMask | undefined;
  readonly scale: number;
};

/** A head by its logits `[N, K]`, −∞ where a key is hidden. */
export type LogitHead = { readonly logits: Matrix; readonly v: Matrix | null };

/** A head by its rows of probabilities `[N, K]`. */
export type RowHead = { readonly probabilities: Matrix; readonly v: Matrix | null };

export type Head = ScoredHead | LogitHead | RowHead;

/** What was given of a head; each level can tell what the one before can, and more. */
export type Level = 'probabilities' | 'logits' | 'queries and keys';

export type HeadReader = {
  readonly level: Level;
  readonly queries: number;
  readonly keys: number;
  readonly values: Matrix | null;
  /** Null where rows of probabilities are all that is known. */
  readonly scores: ScoresOf | null;
  /** Rows `start … start + count` of R `[count, K]` in float64, and with them L and the output where they are known. */
  rows(start: number, count: number): Rows;
};

export type Rows = {
  readonly r: Float64Array;
  readonly logEvidence: Float64Array | null;
  readonly output: Matrix | null;
};

export type ReaderOptions = { readonly backend: Backend; readonly where: string };

export function levelOf(head: Head): Level {
  return 'q' in head ? 'queries and keys' : 'logits' in head ? 'logits' : 'probabilities';
}
