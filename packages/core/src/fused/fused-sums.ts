import type { Statistics, Term } from '../contracts/index.ts';
import { pivotsOf } from '../kernel/pivots.ts';
import { triangleSize } from '../kernel/statistics.ts';
import { columnsOf, type Machine, type Verbs } from './machine.ts';
import { pad } from './panels.ts';
import type { FusedSums, Lines } from './term.ts';

/** Numbers that the sums of a term need for each row of a tile, beside the row and its responsibilities */
export function sumNumbers(squares: Statistics['squares'], width: number): number {
  if (squares === 'each') return width + triangleSize(width);
  return squares === 'pooled' ? 4 * pad(width) : 0;
}

/**
 * Whether float32 sums would lose the digits of covariances: of components far from 0. Counts and sums then are made in float64, all of them of
 * the same responsibilities, so that what float32 has rounded of these cancels in the covariance.
 */
export function isFar(machine: Machine, term: Term, K: number): boolean {
  if (machine.precision === 'float64' || term.statistics.squares === 'none') return false;
  return term.form === 'whitened' && pivotsOf(term, K) !== null;
}

/**
 * Room for the sums of a term over tiles of so many rows.
 *
 * @param exactly  see `isFar`; pooled sums then are also those of responsibilities of any sum
 */
export function fusedSums(
  machine: Machine,
  { squares, width, exactly }: { squares: Statistics['squares']; width: number; exactly: boolean },
  K: number,
  mostRows: number,
): FusedSums {
  if (squares === 'none') return rowSums(machine, width, K);
  if (squares === 'pooled') return pooledSums(machine, width, K, mostRows, exactly);
  return exactly
    ? widened(machine, width, K, mostRows, eachSums(machine, width, K, mostRows, exactOf(machine)))
    : eachSums(machine, width, K, mostRows);
}

/** Counts `Σₙ r_nk` in float64. */
export function exactCounts(machine: Machine, K: number, mostRows: number): FusedSums {
  const { verbs } = exactOf(machine);
  const padded = pad(K);
  const G = accumulator(machine, 8, 4, padded);
  const ones = machine.take(32);
  machine.doubles.fill(1, ones / 8, ones / 8 + 4);
  const responsibilities = widener(machine, mostRows, padded);
  return {
    add(_, count, R) {
      const wide = responsibilities(R, count);
      verbs.gather(ones, 0, count, 4, wide.at, wide.stride, padded, G.at, G.stride);
    },
    flush(unit, counts) {
      const all = new Float64Array(4 * padded);
      G.flush(unit, all);
      for (let k = 0; k < K; k++) counts[k]! += all[k]!;
    },
  };
}

/** What sums are made with: a precision of the machine. */
type Arithmetic = { readonly verbs: Verbs; readonly size: 4 | 8 };

function exactOf(machine: Machine): Arithmetic {
  return { verbs: machine.exact(), size: 8 };
}

/** A matrix of sums, `[pad(rows), pad(width)]`. */
function accumulator(
  machine: Machine,
  size: 4 | 8,
  rows: number,
  width: number,
): { readonly at: number; readonly stride: number; flush(unit: number, to: Float64Array): void } {
  const wide = columnsOf({ vector: machine.vector, size }, width);
  const at = machine.take(pad(rows) * wide * size);
  const numbers = (): Float32Array | Float64Array => (size === 8 ? machine.doubles : machine.reals);
  const first = at / size;
  numbers().fill(0, first, first + pad(rows) * wide);
  return {
    at,
    stride: wide * size,
    flush(unit, to) {
      addLines(numbers().subarray(first, first + rows * wide), wide, width, unit, to);
      numbers().fill(0, first, first + pad(rows) * wide);
    },
  };
}

function addLines(
  from: Float32Array | Float64Array,
  stride: number,
  width: number,
  unit: number,
  to: Float64Array,
): void {
  let i = 0;
  for (let line = 0; line < from.length; line += stride)
    for (let p = line; p < line + width; p++, i++) to[i]! += unit * from[p]!;
}

/** `Σ r t` */
function rowSums(machine: Machine, P: number, K: number, { verbs, size }: Arithmetic = machine): FusedSums {
  const G = accumulator(machine, size, K, P);
  const padded = pad(K);
  return {
    add: (x, count, R) => verbs.gather(R.at, R.stride, count, padded, x.at, x.stride, P, G.at, G.stride),
    flush: G.flush,
  };
}

/** `Σ r [t; lower triangle of t tᵀ]`: the rows are widened by their products, once for all components. */
function eachSums(
  machine: Machine,
  C: number,
  K: number,
  mostRows: number,
  { verbs, size }: Arithmetic = machine,
): FusedSums {
  const width = C + triangleSize(C);
  const G = accumulator(machine, size, K, width);
  const padded = pad(K);
  const stride = width * size;
  const wide = machine.take(mostRows * stride);
  return {
    add(x, count, R) {
      verbs.triangle(x.at, x.stride, count, C, wide, stride);
      verbs.gather(R.at, R.stride, count, padded, wide, stride, width, G.at, G.stride);
    },
    flush: G.flush,
  };
}

/** Sums in float64 of what a float32 machine holds. */
function widened(machine: Machine, C: number, K: number, mostRows: number, own: FusedSums): FusedSums {
  const rows = widener(machine, mostRows, C);
  const responsibilities = widener(machine, mostRows, pad(K));
  return {
    add: (x, count, R, weights) => own.add(rows(x, count), count, responsibilities(R, count), weights),
    flush: own.flush,
  };
}

/** `Σ r t`, and the lower triangle of `Σ_k Σ r t tᵀ`: one matrix, so it is made in float64 always. */
function pooledSums(machine: Machine, C: number, K: number, mostRows: number, exactly: boolean): FusedSums {
  const { verbs } = exactOf(machine);
  const own = exactly
    ? widened(machine, C, K, mostRows, rowSums(machine, C, K, exactOf(machine)))
    : rowSums(machine, C, K);
  const products = accumulator(machine, 8, C, C);
  const square = new Float64Array(C * C);
  const stride = pad(C) * 8;
  const weighed = machine.take(mostRows * stride);
  const rows = widener(machine, mostRows, C);
  const rowWeights = exactly ? rowTotals(machine, K, mostRows) : givenWeights(machine, mostRows);
  return {
    add(x, count, R, weights) {
      own.add(x, count, R, weights);
      const wide = rows(x, count);
      const w = rowWeights(R, count, weights);
      verbs.scale(wide.at, wide.stride, count, C, w.at, w.stride, weighed, stride);
      // Four rows of the matrix at a time, as far as the diagonal.
      for (let i = 0; i < C; i += 4)
        verbs.gather(
          weighed + i * 8,
          stride,
          count,
          4,
          wide.at,
          wide.stride,
          Math.min(C, i + 4),
          products.at + i * products.stride,
          products.stride,
        );
    },
    flush(unit, sums) {
      own.flush(unit, sums.subarray(0, K * C));
      square.fill(0);
      products.flush(unit, square);
      let to = K * C;
      for (let i = 0; i < C; i++) for (let j = 0; j <= i; j++, to++) sums[to]! += square[i * C + j]!;
    },
  };
}

/** What all components together hold of rows, as doubles. */
type RowWeights = (R: Lines, count: number, weights: number) => Lines;

function givenWeights(machine: Machine, mostRows: number): RowWeights {
  const wide = widener(machine, 1, mostRows);
  return (_, _count, weights) => ({ at: wide({ at: weights, stride: 0 }, 1).at, stride: 8 });
}

/** `Σ_k r_nk`, of responsibilities as float32 has rounded them. */
function rowTotals(machine: Machine, K: number, mostRows: number): RowWeights {
  const { verbs } = exactOf(machine);
  const padded = pad(K);
  const responsibilities = widener(machine, mostRows, padded);
  const columns = columnsOf({ vector: machine.vector, size: 8 }, 1);
  const ones = machine.take(padded * columns * 8);
  machine.doubles.fill(1, ones / 8, ones / 8 + padded * columns);
  const zeros = machine.take(columns * 8);
  machine.doubles.fill(0, zeros / 8, zeros / 8 + columns);
  const totals = { at: machine.take(mostRows * columns * 8), stride: columns * 8 };
  return (R, count) => {
    const wide = responsibilities(R, count);
    verbs.product(wide.at, wide.stride, pad(count), padded, ones, columns, zeros, 0, totals.at, totals.stride);
    return totals;
  };
}

/** Rows as doubles: copies of float32 ones. */
function widener(machine: Machine, mostRows: number, width: number): (x: Lines, count: number) => Lines {
  if (machine.size === 8) return (x) => x;
  const stride = pad(width) * 8;
  const at = machine.take(mostRows * stride);
  return (x, count) => {
    machine.verbs.widen(x.at, x.stride, count, width, at, stride);
    return { at, stride };
  };
}
