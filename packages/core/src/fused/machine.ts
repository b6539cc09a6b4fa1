import type { Precision } from '../contracts/index.ts';
import { pad } from './panels.ts';

/** Where a tile of numbers is added to, and where the sum goes: rows `stride` bytes apart, a base of stride 0 is one row for all. */
type Into = [base: number, baseStride: number, out: number, outStride: number];

/** What is done with tiles, see `assembly`: addresses and strides are bytes. Rows that are scored come in multiples of 4. */
export type Verbs = {
  product(a: number, stride: number, rows: number, width: number, panels: number, columns: number, ...to: Into): void;
  gather(
    r: number,
    rStride: number,
    rows: number,
    columns: number,
    s: number,
    stride: number,
    width: number,
    sums: number,
    sumsStride: number,
  ): void;
  whiten(
    x: number,
    stride: number,
    rows: number,
    width: number,
    factorRows: number,
    isTriangular: number,
    panels: number,
    columns: number,
    ...to: Into
  ): void;
  distances(y: number, stride: number, rows: number, width: number, panels: number, columns: number, ...to: Into): void;
  triangle(x: number, stride: number, rows: number, width: number, out: number, outStride: number): void;
  scale(
    x: number,
    stride: number,
    rows: number,
    width: number,
    weights: number,
    weightStride: number,
    out: number,
    outStride: number,
  ): void;
  softmax(
    L: number,
    stride: number,
    rows: number,
    columns: number,
    weights: number,
    counts: number,
    totals: number,
    top: number,
    sum: number,
  ): void;
  join(
    x: number,
    stride: number,
    rows: number,
    width: number,
    stays: number,
    comes: number,
    means: number,
    meansStride: number,
  ): void;
  exponentials(L: number, stride: number, rows: number, columns: number, top: number, sum: number): void;
  spreads(L: number, stride: number, rows: number, columns: number, top: number, out: number): void;
  labels(L: number, stride: number, rows: number, columns: number, out: number): void;
  harden(R: number, stride: number, rows: number, columns: number, weights: number, best: number, counts: number): void;
  addPairs(L: number, stride: number, rows: number, columns: number, pairs: number): void;
  evidences(top: number, sum: number, rows: number, out: number): void;
  totals(top: number, sum: number, spreads: number, rows: number, weights: number, out: number): void;
  student(Q: number, stride: number, rows: number, columns: number, parameters: number, ...to: Into): void;
  slopes(R: number, stride: number, rows: number, columns: number, M: number, mStride: number, level: number): void;
  addPositions(
    L: number,
    stride: number,
    rows: number,
    columns: number,
    p: number,
    q: number,
    isCausal: number,
    window: number,
    slope: number,
  ): void;
  widen(x: number, stride: number, rows: number, width: number, out: number, outStride: number): void;
  multiplyAdd(steps: number, factors: number, out: number): void;
  /** Doubles into panels, see `packPanels`, and extremes of columns, see `float32Units`: where verbs reach what lies outside of their memory. */
  pack?(
    data: number,
    rowStep: number,
    step: number,
    rows: number,
    length: number,
    packed: number,
    centers: number,
    units: number,
    out: number,
  ): void;
  extremes?(data: number, rows: number, columns: number, least: number, greatest: number): void;
};

/** Verbs, and their memory: a stack of pieces. */
export type Machine = {
  readonly precision: Precision;
  readonly verbs: Verbs;
  /** Those in float64, on the same memory */
  readonly exact: () => Verbs;
  /** Bytes of a number, */
  readonly size: 4 | 8;
  /** and of a vector of them: columns are padded to vectors, see `columnsOf`, */
  readonly vector: number;
  /** and of the narrowest one that panels hold, see `packedOf` */
  readonly narrow: number;
  /** Bytes of a tile that the cache holds well, and bounds of its rows in multiples of 4 */
  readonly tile: TileSize;
  /** All of its memory: valid until the next `take`. */
  reals: Float32Array | Float64Array;
  doubles: Float64Array;
  ints: Int32Array;
  /** The address of numbers that lie elsewhere, until the next `take`; null where verbs reach their own memory alone. */
  readonly reach: ((data: Float32Array | Float64Array) => number) | null;
  /** Room for so many bytes, and some more that may be read or written beyond it; its address. What it holds is anybody's. */
  take(bytes: number): number;
  /** The same for so many numbers, all 0. */
  takeZeros(count: number): number;
  /** The top of the stack, */
  mark(): number;
  /** and back to it. */
  release(mark: number): void;
};

export type TileSize = {
  readonly bytes: number;
  readonly least: number;
  readonly most: number;
  /** Components of a block, where there are so many that they are read block by block */
  readonly components: number;
};

/** What a machine is made of. */
export type Parts = Pick<Machine, 'precision' | 'verbs' | 'vector' | 'narrow' | 'tile' | 'reach'> & {
  /** Opens the verbs in float64. */
  readonly openExact: () => Verbs;
  /** Where the stack begins */
  readonly bottom: number;
  /** All of the memory, which begins at a cache line, */
  buffer(): View;
  /** and makes it larger. */
  grow(bytes: number): void;
};

/** So many bytes of a buffer */
export type View = { readonly buffer: ArrayBuffer; readonly offset: number; readonly bytes: number };

/** Pieces start at cache lines. */
const LINE = 64;

export function openMachine(parts: Parts): Machine {
  const { precision, verbs, vector } = parts;
  let exact: Verbs | null = precision === 'float64' ? verbs : null;
  const size = precision === 'float32' ? 4 : 8;
  let view = parts.buffer();
  let top = parts.bottom;
  const machine: Machine = {
    precision,
    verbs,
    exact: () => (exact ??= parts.openExact()),
    size,
    vector,
    narrow: parts.narrow,
    tile: parts.tile,
    reach: parts.reach,
    ...numbersOf(view, precision),
    take(bytes) {
      const at = top;
      // Verbs read and write up to two vectors beyond the ends of pieces.
      top = align(at + bytes + Math.max(LINE, 2 * vector));
      if (top > view.bytes) {
        parts.grow(top);
        view = parts.buffer();
        Object.assign(machine, numbersOf(view, precision));
      }
      return at;
    },
    takeZeros(count) {
      const at = machine.take(count * size);
      machine.reals.fill(0, at / size, at / size + count);
      return at;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
  };
  return machine;
}

/** Columns with padding: whole vectors, and a multiple of 4. */
export function columnsOf({ vector, size }: Pick<Machine, 'vector' | 'size'>, count: number): number {
  return pad(count, Math.max(4, vector / size));
}

/** Columns that panels hold, which verbs are called with: at most `columnsOf` */
export function packedOf({ narrow, size }: Pick<Machine, 'narrow' | 'size'>, count: number): number {
  return pad(count, Math.max(4, narrow / size));
}

/** Columns that share a panel: two vectors of them */
export function panelOf({ vector, size }: Pick<Machine, 'vector' | 'size'>): number {
  return (2 * vector) / size;
}

function align(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

function numbersOf({ buffer, offset, bytes }: View, precision: Precision): Pick<Machine, 'reals' | 'doubles' | 'ints'> {
  const doubles = new Float64Array(buffer, offset, bytes / 8);
  return {
    reals: precision === 'float32' ? new Float32Array(buffer, offset, bytes / 4) : doubles,
    doubles,
    ints: new Int32Array(buffer, offset, bytes / 4),
  };
}
