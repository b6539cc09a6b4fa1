import type { LinearTerm, StudentTerm, Term, WhitenedTerm } from '../contracts/index.ts';
import { factorRows, isPerColumn, isShared } from '../kernel/check.ts';
import { columnsOf, type Machine, packedOf, panelOf } from './machine.ts';
import { packPanels } from './pack-panels.ts';
import { writePanels } from './panels.ts';
import type { FusedTerm, Lines } from './term.ts';

/** Packs a term for a machine: its scores. */
export function fusedTerm(machine: Machine, term: Term, K: number): FusedTerm {
  if (term.form === 'linear') return linear(machine, term, K);
  return term.form === 'student' ? student(machine, term, K) : squares(machine, term, K);
}

type Factored = WhitenedTerm | StudentTerm;

/** `−½‖W t − c‖²` */
function squares(machine: Machine, term: Factored, K: number): FusedTerm {
  return isShared(term, K) ? shared(machine, term, K) : whitened(machine, term, K);
}

function linear(machine: Machine, { natural: H, width: P }: LinearTerm, K: number): FusedTerm {
  const { verbs, size } = machine;
  const packed = packedOf(machine, K);
  const panels = machine.take(packed * P * size);
  const shape = { rows: K, packed, length: P, panel: panelOf(machine) };
  packPanels(machine, panels, shape, H, { rowStep: P, step: 1 });
  return {
    rowNumbers: 0,
    open: () => {},
    score: (x, rows, base, out) =>
      verbs.product(x.at, x.stride, rows, P, panels, packed, base.at, base.stride, out.at, out.stride),
  };
}

function whitened(machine: Machine, term: Factored, K: number): FusedTerm {
  const { width: C, factor: W, offset, triangular = false } = term;
  const { verbs, size } = machine;
  const R = factorRows(term, K);
  const packed = packedOf(machine, K);
  const order = whitenedOrder(R, C, triangular);
  const panels = machine.take(packed * order.length * size);
  const shape = { rows: K, packed, length: order.length, panel: panelOf(machine) };
  writePanels(machine.reals, panels / size, shape, (k, i) => {
    const from = order[i]!;
    return Math.SQRT1_2 * (from < 0 ? -offset[k * R - 1 - from]! : W[k * R * C + from]!);
  });
  const isTriangular = Number(triangular);
  return {
    rowNumbers: 0,
    open: () => {},
    score: (x, rows, base, out) =>
      verbs.whiten(x.at, x.stride, rows, C, R, isTriangular, panels, packed, base.at, base.stride, out.at, out.stride),
  };
}

/** Of each row i of a factor: its offset, as −1 − i, then where its numbers lie in the factor. */
function whitenedOrder(R: number, C: number, triangular: boolean): Int32Array {
  const order: number[] = [];
  for (let i = 0; i < R; i++) {
    order.push(-1 - i);
    for (let j = 0; j < (triangular ? i + 1 : C); j++) order.push(i * C + j);
  }
  return Int32Array.from(order);
}

/** One factor: `W t` is made once a row, then its distances from all offsets. */
function shared(machine: Machine, term: Factored, K: number): FusedTerm {
  const { width: C, factor: W, offset, triangular = false } = term;
  const { verbs, size } = machine;
  const R = factorRows(term, K);
  const packed = packedOf(machine, K);
  const factorPadded = columnsOf(machine, R);
  const factorPacked = packedOf(machine, R);
  const panel = panelOf(machine);
  const factor = machine.take(factorPacked * C * size);
  writePanels(machine.reals, factor / size, { rows: R, packed: factorPacked, length: C, panel }, (i, j) =>
    triangular && j > i ? 0 : Math.SQRT1_2 * W[i * C + j]!,
  );
  const panels = machine.take(packed * R * size);
  writePanels(
    machine.reals,
    panels / size,
    { rows: K, packed, length: R, panel },
    (k, i) => Math.SQRT1_2 * offset[k * R + i]!,
  );
  const zeros = machine.takeZeros(factorPadded);
  const stride = factorPadded * size;
  let y = 0;
  return {
    rowNumbers: factorPadded,
    open(mostRows) {
      y = machine.take(mostRows * stride);
    },
    score(x, rows, base, out) {
      verbs.product(x.at, x.stride, rows, C, factor, factorPacked, zeros, 0, y, stride);
      verbs.distances(y, stride, rows, R, panels, packed, base.at, base.stride, out.at, out.stride);
    },
  };
}

/** Squares, and their logarithms: of all rows of the factor at once, or row by row. */
function student(machine: Machine, term: StudentTerm, K: number): FusedTerm {
  const { verbs, size } = machine;
  const R = factorRows(term, K);
  const padded = columnsOf(machine, K);
  const perColumn = isPerColumn(term, K);
  const parts = Array.from({ length: perColumn ? R : 1 }, (_, i) => ({
    squares: squares(machine, perColumn ? rowOfFactor(term, i, K, R) : term, K),
    parameters: studentParameters(machine, term, K, (k) => (perColumn ? k * R + i : k), perColumn ? 1 : R),
  }));
  const zeros = { at: machine.takeZeros(padded), stride: 0 };
  let Q: Lines = zeros;
  return {
    rowNumbers: padded + Math.max(...parts.map((part) => part.squares.rowNumbers)),
    open(mostRows) {
      Q = { at: machine.take(mostRows * padded * size), stride: padded * size };
      for (const part of parts) part.squares.open(mostRows);
    },
    score(x, rows, base, out) {
      parts.forEach(({ squares, parameters }, i) => {
        const { at, stride } = i === 0 ? base : out;
        squares.score(x, rows, zeros, Q);
        verbs.student(Q.at, Q.stride, rows, padded, parameters, at, stride, out.at, out.stride);
      });
    },
  };
}

/** Row i of the factors, and its offsets. */
function rowOfFactor(term: StudentTerm, i: number, K: number, R: number): Factored {
  const { width: C, factor: W, offset, triangular = false } = term;
  const factors = W.length / (R * C);
  const factor = new Float64Array(factors * C);
  for (let k = 0; k < factors; k++) {
    const row = (k * R + i) * C;
    factor.set(W.subarray(row, row + (triangular ? i + 1 : C)), k * C);
  }
  const own = Float64Array.from({ length: K }, (_, k) => offset[k * R + i]!);
  return { ...term, factor, offset: own, triangular: false };
}

/** Of `linear·Q − power·log(1 − ratio·Q)`, Q being minus half of a square over so many rows of a factor. */
function studentParameters(
  machine: Machine,
  { scale, degrees }: StudentTerm,
  K: number,
  at: (k: number) => number,
  rows: number,
): number {
  const padded = columnsOf(machine, K);
  const address = machine.take(3 * padded * 8);
  const first = address / 8;
  machine.doubles.fill(0, first, first + 3 * padded);
  for (let k = 0; k < K; k++) {
    const [s, nu] = [scale[at(k)]!, degrees[at(k)]!];
    const isLimit = nu === Number.POSITIVE_INFINITY;
    machine.doubles[first + k] = isLimit ? 0 : (2 * s) / nu;
    machine.doubles[first + padded + k] = isLimit ? 0 : (nu + rows) / 2;
    machine.doubles[first + 2 * padded + k] = isLimit ? s : 0;
  }
  return address;
}
