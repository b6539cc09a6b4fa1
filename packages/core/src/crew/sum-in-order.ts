import { addTrees } from '../base/tree.ts';
import type { Collected, Tree } from '../contracts/index.ts';
import { type Cell, mapLeaves, numbersOf, readCell } from './cell.ts';

/** Statistics of a worker that wait for those before them. */
export type Held = { pieces: number; bytes: number };

/** A sum in the order of pieces, whoever brings them when. */
export type OrderedSum = {
  /** Takes the statistics of a piece, and adds all whose turn it is. */
  take(piece: number, cell: Cell, worker: number): void;
  /** The piece whose turn it is: as many are added. */
  next(): number;
  held(worker: number): Held;
  /** Cells that this worker has brought and that are added; once. */
  free(worker: number): Cell[];
  collected(): Collected;
};

/** Sums, in the order of the leaves of a tree. */
type Sum = {
  readonly form: string;
  readonly tree: Tree;
  readonly arrays: readonly Float64Array[];
  readonly numbers: Float64Array;
};

/**
 * Adds as soon as the order allows, so that no more is held than what came out of turn.
 *
 * @param workers  who bring them
 * @param keep     whether the statistics of each piece are wanted too; then their cells are not free
 */
export function sumInOrder(workers: number, keep: boolean): OrderedSum {
  const waiting = new Map<number, { readonly cell: Cell; readonly worker: number }>();
  const held = Array.from({ length: workers }, (): Held => ({ pieces: 0, bytes: 0 }));
  const free = Array.from({ length: workers }, (): Cell[] => []);
  const parts: Tree[] | null = keep ? [] : null;
  let sum: Sum | null = null;
  let next = 0;
  const hold = ({ bytes }: Cell, worker: number, sign: 1 | -1): void => {
    held[worker]!.pieces += sign;
    held[worker]!.bytes += sign * bytes;
  };
  const add = (cell: Cell): void => {
    if (sum === null) {
      const { form, tree, arrays, numbers } = cell;
      sum = { form, tree, arrays: arrays.map((array) => array.slice()), numbers: numbers.slice() };
    } else if (sum.form === cell.form) {
      addNumbers(sum.numbers, cell.numbers);
      for (let i = 0; i < cell.arrays.length; i++) addNumbers(sum.arrays[i]!, cell.arrays[i]!);
    } else {
      // Names in another order, or an error.
      sum = { ...sum, numbers: numbersOf(addTrees(treeOf(sum), readCell(cell))) };
    }
  };
  return {
    take(piece, cell, worker) {
      waiting.set(piece, { cell, worker });
      hold(cell, worker, 1);
      for (let own = waiting.get(next); own !== undefined; own = waiting.get(next)) {
        waiting.delete(next);
        add(own.cell);
        hold(own.cell, own.worker, -1);
        if (parts === null) free[own.worker]!.push(own.cell);
        else parts.push(readCell(own.cell));
        next++;
      }
    },
    next: () => next,
    held: (worker) => held[worker]!,
    free: (worker) => free[worker]!.splice(0),
    collected: () => ({ sum: sum === null ? null : treeOf(sum), parts }),
  };
}

function treeOf({ tree, arrays, numbers }: Sum): Tree {
  let [array, number] = [0, 0];
  return mapLeaves(tree, { number: () => numbers[number++]!, array: () => arrays[array++]! });
}

function addNumbers(into: Float64Array, term: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += term[i]!;
}
