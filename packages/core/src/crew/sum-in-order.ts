import { addTrees, copyTree, treeBytes } from '../base/tree.ts';
import type { Collected, Tree } from '../contracts/index.ts';

/** Statistics of a worker that wait for those before them. */
export type Held = { pieces: number; bytes: number };

/** A sum in the order of pieces, whoever brings them when. */
export type OrderedSum = {
  /** Takes the statistics of a piece, and adds all whose turn it is. */
  take(piece: number, stats: Tree, worker: number): void;
  /** The piece whose turn it is: as many are added. */
  next(): number;
  held(worker: number): Held;
  /** Memory of statistics that this worker has brought and that are added; once. */
  free(worker: number): Tree[];
  collected(): Collected;
};

/**
 * Adds as soon as the order allows, so that no more is held than what came out of turn.
 *
 * @param workers  who bring them
 * @param keep     whether the statistics of each piece are wanted too; then their memory is not free
 */
export function sumInOrder(workers: number, keep: boolean): OrderedSum {
  const waiting = new Map<number, { readonly stats: Tree; readonly worker: number }>();
  const held = Array.from({ length: workers }, (): Held => ({ pieces: 0, bytes: 0 }));
  const free = Array.from({ length: workers }, (): Tree[] => []);
  const parts: Tree[] | null = keep ? [] : null;
  let sum: Tree = null;
  let next = 0;
  const hold = (worker: number, stats: Tree, sign: 1 | -1): void => {
    held[worker]!.pieces += sign;
    held[worker]!.bytes += sign * treeBytes(stats);
  };
  return {
    take(piece, stats, worker) {
      waiting.set(piece, { stats, worker });
      hold(worker, stats, 1);
      for (let own = waiting.get(next); own !== undefined; own = waiting.get(next)) {
        waiting.delete(next);
        sum = next === 0 ? copyTree(own.stats) : addTrees(sum, own.stats);
        hold(own.worker, own.stats, -1);
        if (parts === null) free[own.worker]!.push(own.stats);
        else parts.push(own.stats);
        next++;
      }
    },
    next: () => next,
    held: (worker) => held[worker]!,
    free: (worker) => free[worker]!.splice(0),
    collected: () => ({ sum, parts }),
  };
}
