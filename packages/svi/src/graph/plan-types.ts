import type { Shape } from './shape.ts';
import type { Value } from './value.ts';

/** An input of an item: the item whose memory it reads, in the shape that it reads it in. */
export type Operand = { readonly base: number; readonly shape: Shape };

/**
 * A node of a plan.
 *
 * - `static`: numbers known before the first run; `input`, `index`: given for a run; `places`: row numbers that follow from those of an index
 * - `scalar`: an operation on single numbers; `loop`: the same on arrays; `take`: a loop that reads from places, or rows of an index
 * - `reduce`: a sum or maximum over axes; `kernel`: an operation on whole arrays
 */
export type Item = {
  readonly id: number;
  readonly node: Value;
  readonly kind: 'static' | 'input' | 'index' | 'places' | 'scalar' | 'loop' | 'take' | 'reduce' | 'kernel';
  readonly operands: readonly Operand[];
  readonly size: number;
  /** Of a static item: its numbers. */
  readonly data?: Float64Array;
  /** Whether these numbers follow from arrays that a program may be given anew. */
  readonly varies?: boolean;
  /** Of a product: the item that names rows of the first operand, which is read row by row instead of copied. */
  readonly via?: number | undefined;
  /** The segment in which it is computed; −1 for what is given. */
  segment: number;
  /** Where its numbers stand in `m`, −1 while they need no memory. */
  place: number;
  /** Where its positions stand in `x`. */
  places: number;
};

/** What runs together: straight code on single numbers, one loop nest over `dims`, or one kernel. */
export type Segment = { readonly kind: 'scalar' | 'loop' | 'kernel'; readonly dims: Shape; readonly items: number[] };

export type Plan = {
  readonly items: readonly Item[];
  readonly segments: readonly Segment[];
  readonly outputs: readonly Operand[];
  /** First places of the outputs in `m`, one after another. */
  readonly outputPlaces: readonly number[];
  readonly inputSize: number;
  readonly outputSize: number;
  readonly memorySize: number;
  readonly placesSize: number;
  /** Whether it is too long for one function: then every single number has a place in `m`. */
  readonly isLong: boolean;
};
