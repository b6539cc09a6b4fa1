import type { Transform } from './data.ts';
import type { Spec } from './spec.ts';

/** Cells as they came: each type keeps what a file or a caller had, in a quarter of the memory of float64 and less. */
export type Cells =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

export type CellType = 'float64' | 'float32' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32';

/** Rows in the user's units and their own type, row-major: `data.length === rows * cols`. */
export type Table = {
  readonly data: Cells;
  readonly rows: number;
  readonly cols: number;
  /** Names of the columns `[D]`, where somebody knows them. */
  readonly columns?: readonly string[] | undefined;
};

/** Rows in (shared) memory, as they came. */
export type MemorySource = {
  readonly kind: 'memory';
  readonly type: CellType;
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
};

/** Rows that each thread reads where it uses them, from the `Source` that the spec names. */
export type SpecSource = { readonly kind: 'spec'; readonly type: CellType; readonly spec: Spec };

/** What the first pass over the rows found of each column `[D]`; rows of weight 0 are not looked at. */
export type Columns = {
  readonly names: readonly string[] | null;
  readonly mean: Float64Array;
  /** 0 where the column is constant up to the rounding of its own magnitude. */
  readonly deviation: Float64Array;
  /**
   * What the space of a fit has in the middle and as its unit: mean and deviation, but the median and a robust deviation where a few far rows made
   * the deviation more than twice as wide as that.
   */
  readonly center: Float64Array;
  readonly spread: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** Columns that count: whole numbers, each row's above (or each below) the one before, as identifiers of rows are. */
  readonly counting: readonly number[];
};

/**
 * One data set, cut into shards; plain data, so it may cross to workers without a copy. Rows stay in their own type and the user's units: the
 * transform is applied in float64 where they are used.
 */
export type Dataset = {
  /** Unique, also among threads; caches of shards are keyed by it. */
  readonly id: string;
  /** Of the values of all rows, as float64, and of the weights: equal for equal data, wherever they lie. */
  readonly digest: string;
  readonly rows: number;
  readonly width: number;
  readonly columns: Columns;
  /** First row of each shard, and the row count as last entry. Depends on the data only, never on workers. */
  readonly cuts: readonly number[];
  /** From the user's units to the space of a fit. */
  readonly transform: Transform;
  /** What goes with the rows: w `[N]` or null. */
  readonly sides: { readonly weights: Float64Array | null };
  /** Σ w, or N. */
  readonly totalWeight: number;
  readonly source: MemorySource | SpecSource;
};
