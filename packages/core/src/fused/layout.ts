import type { Scores } from '../contracts/index.ts';
import { fusedTerm } from './fused-scores.ts';
import { exactCounts, fusedSums, isFar, sumNumbers } from './fused-sums.ts';
import { columnsOf, type Machine, type TileSize } from './machine.ts';
import { pad } from './panels.ts';
import type { FusedSums, FusedTerm, Lines } from './term.ts';

/** What a tile may take at most, where it has more than 4 rows */
const MOST_BYTES = 2 ** 22;

/** Room for tiles in the memory of a machine. */
export type Room = {
  /** K, and with padding */
  readonly components: number;
  readonly padded: number;
  readonly mostRows: number;
  /** `[mostRows, padded]`, perhaps with room between rows */
  readonly L: Lines;
  /** Addresses of the rows of each term `[mostRows, stride]` */
  readonly x: readonly number[];
  /** Weights of rows `[mostRows]`, in the precision of the machine and in doubles */
  readonly weights: number;
  readonly exactWeights: number;
};

/** Scores in the memory of a machine, and room for tiles. */
export type Layout = Room & {
  readonly scores: Scores;
  /** Of the rows of each term */
  readonly strides: readonly number[];
  readonly terms: readonly FusedTerm[];
  readonly bias: Lines;
  /** Counts of some rows `[padded]`, 0 between calls */
  readonly someCounts: number;
  /** Addresses of what is one number a row, in the precision of the machine; evidence in doubles */
  readonly owned: number;
  readonly top: number;
  readonly sum: number;
  readonly spreads: number;
  readonly evidence: number;
  readonly labels: number;
  /** Of five doubles */
  readonly totals: number;
  /** Room for sums, from the first `write` on */
  sums: LayoutSums | null;
};

export type LayoutSums = {
  readonly terms: readonly FusedSums[];
  /** Counts in doubles `[padded]` */
  readonly counts: number;
  /** The same where nobody asks for them */
  readonly softCounts: number;
  /** Counts of responsibilities as float32 has rounded them, where some term needs them */
  readonly exact: FusedSums | null;
};

/**
 * Takes room for tiles.
 *
 * @param numbers  what a row needs beside itself, its scores and its weights
 */
export function openRoom(machine: Machine, components: number, strides: readonly number[], numbers: number): Room {
  const { size } = machine;
  const padded = columnsOf(machine, components);
  const stride = scoreStride(machine, padded);
  const mostRows = tileRows(machine.tile, strides.reduce((sum, stride) => sum + stride, numbers + padded) * size);
  return {
    components,
    padded,
    mostRows,
    L: { at: machine.take(mostRows * stride), stride },
    x: strides.map((stride) => machine.take(mostRows * stride * size)),
    weights: machine.take(mostRows * size),
    exactWeights: machine.take(mostRows * 8),
  };
}

/**
 * Packs scores into a machine and takes room for tiles.
 *
 * @param strides  of the rows of each term
 * @param shared   whose room is used: that of at least as many components of the same linear terms
 */
export function layOut(machine: Machine, scores: Scores, strides: readonly number[], shared?: Layout): Layout {
  const { size } = machine;
  const { components: K } = scores;
  const padded = columnsOf(machine, K);
  const bias = machine.take(padded * size);
  machine.reals.fill(Number.NEGATIVE_INFINITY, bias / size, bias / size + padded);
  machine.reals.set(scores.bias, bias / size);
  const terms = scores.terms.map((term) => fusedTerm(machine, term, K));
  const own = { scores, terms, bias: { at: bias, stride: 0 }, sums: null };
  if (shared !== undefined)
    return { ...shared, ...own, components: K, padded, L: { at: shared.L.at, stride: scoreStride(machine, padded) } };
  const numbers = scores.terms.reduce(
    (sum, { statistics, width }, t) => sum + terms[t]!.rowNumbers + sumNumbers(statistics.squares, width),
    0,
  );
  const room = openRoom(machine, K, strides, numbers);
  for (const term of terms) term.open(room.mostRows);
  const column = (bytes: number): number => machine.take(room.mostRows * bytes);
  return {
    ...room,
    ...own,
    strides,
    someCounts: machine.takeZeros(padded),
    owned: column(size),
    top: column(size),
    sum: column(size),
    spreads: column(size),
    evidence: column(8),
    labels: column(4),
    totals: machine.take(40),
  };
}

/** Room for sums, made once a layout. */
export function openSums(machine: Machine, layout: Layout): LayoutSums {
  const { scores, padded, mostRows } = layout;
  const { components: K, terms } = scores;
  layout.sums ??= {
    terms: terms.map((term) => {
      const { statistics, width } = term;
      return fusedSums(machine, { squares: statistics.squares, width, exactly: isFar(machine, term, K) }, K, mostRows);
    }),
    exact: terms.some((term) => isFar(machine, term, K)) ? exactCounts(machine, K, mostRows) : null,
    counts: machine.takeZeros((padded * 8) / machine.size),
    softCounts: machine.takeZeros((padded * 8) / machine.size),
  };
  return layout.sums;
}

/** Bytes from one row of scores to the next. Rows that are pages apart would meet in the same dozen lines of the cache. */
function scoreStride({ size }: Machine, padded: number): number {
  const bytes = padded * size;
  return bytes % 4096 === 0 ? bytes + 64 : bytes;
}

/** Rows of a tile, given the bytes of one */
function tileRows({ bytes: wanted, least, most }: TileSize, bytes: number): number {
  const fewest = Math.min(least, 4 * Math.ceil(MOST_BYTES / (4 * bytes)));
  return Math.max(fewest, Math.min(most, pad(Math.floor(wanted / bytes))));
}
