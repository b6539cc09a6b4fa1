import type { Tree } from '../contracts/index.ts';
import type { Cell } from './cell.ts';
import { type Job, LINE_WORDS, type LineMemory, MOST_LISTED, WORD, type WorkError } from './protocol.ts';

/** What a worker is asked: all that it can get, and has room for, of one pass. */
export type Call = {
  readonly job: Job;
  readonly pass: number;
  readonly worker: number;
  /** The piece that it begins with, −1: the usual one */
  readonly first: number;
  /** Pieces in the order of sums, not its own first */
  readonly inTurn: boolean;
  readonly room: { readonly pieces: number; readonly bytes: number };
  /** What it brings is not given back. */
  readonly keeps: boolean;
  /** Memory of statistics that may be written to */
  readonly into: readonly Tree[];
};

/** Pieces that a worker brings */
export type Done = readonly { readonly piece: number; readonly cell: Cell }[];

export type Answer =
  | { readonly kind: 'done'; readonly done: Done }
  | WorkError
  /** The worker was lost, took longer than it may on one shard, or did not obey a cancel. */
  | { readonly kind: 'lost'; readonly cause: unknown };

export function lineMemory(number: number, bell: Int32Array): LineMemory {
  return { number, bell, words: new Int32Array(new SharedArrayBuffer(4 * LINE_WORDS)) };
}

/**
 * Writes a call into the words of a line.
 *
 * @param number   another for each call
 * @param listens  whether it may be answered by the word
 * @param freed    cells that are free again
 * @returns of how many of these the worker is told
 */
export function writeCall(
  words: Int32Array,
  { job, pass, worker, first, inTurn, room, keeps }: Call,
  { number, listens, freed }: { readonly number: number; readonly listens: boolean; readonly freed: readonly number[] },
): number {
  words[WORD.job] = job.number;
  words[WORD.pass] = pass;
  words[WORD.worker] = worker;
  words[WORD.first] = first;
  words[WORD.inTurn] = Number(inTurn);
  words[WORD.roomPieces] = Math.min(room.pieces, MOST_LISTED);
  words[WORD.roomBytes] = room.bytes;
  words[WORD.keeps] = Number(keeps);
  words[WORD.listens] = Number(listens);
  const given = Math.min(freed.length, MOST_LISTED);
  words[WORD.freed] = given;
  for (let i = 0; i < given; i++) words[WORD.lists + i] = freed[i]!;
  Atomics.store(words, WORD.call, number);
  return given;
}

/** What the worker brings; cells that it does not get back are nobody's any more. */
export function readDone(words: Int32Array, cells: Map<number, Cell>, keeps: boolean): Done {
  return Array.from({ length: words[WORD.brought]! }, (_, i) => {
    const at = WORD.lists + MOST_LISTED + 2 * i;
    const id = words[at + 1]!;
    const cell = cells.get(id)!;
    if (keeps) cells.delete(id);
    return { piece: words[at]!, cell };
  });
}
