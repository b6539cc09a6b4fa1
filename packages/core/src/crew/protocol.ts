import type { BackendName, Dataset, Precision, RowPart, RunFrom, RunLimits, Spec, Tree } from '../contracts/index.ts';
import type { TileMemory } from '../data/tiles.ts';
import type { Cell } from './cell.ts';

/**
 * What threads have of one another: shared memory, of which each is told once by a message, and a word in it that says whose turn it is.
 *
 * A worker that has made a pass listens for a while: it is called, and answers, by that word alone. What is new to the other side (a job, a cell, an
 * error) goes by message: then the worker's task ends with its answer, and the next call is a task again.
 */
export type Posted = StartTask | ServeTask;

/** What a worker has with the main thread as long as it lives: see `WORD`. */
export type LineMemory = { readonly number: number; readonly words: Int32Array; readonly bell: Int32Array };

/** A call by message. */
export type ServeTask = {
  readonly line: number;
  /** Where the worker may not know it: all of before is void then. */
  readonly memory: LineMemory | null;
  /** The job that the call is of, where the worker may not know it. */
  readonly told: Job | null;
  /** Free memory of statistics that it may not know. */
  readonly into: readonly Cell[];
};

/** What differs from pass to pass. */
export type Asked = { readonly message: Tree /** null: all shards */; readonly rows: readonly RowPart[] | null };

/** What passes have in common. A piece is one of the rows that a pass is asked for: a shard, or a part of one. */
export type Job = {
  readonly number: number;
  readonly backend: BackendName;
  readonly precision: Precision;
  /** The spec as text, by which a worker knows an algorithm that it has built already. */
  readonly algorithm: string;
  /** Its modules, and those of the specs inside it, are URLs: located by the main thread. */
  readonly spec: Spec;
  readonly data: Dataset;
  /** Where tensor backends find the rows, or put them. */
  readonly tiles: TileMemory | null;
  /** Of the pass that is made: an `Asked` */
  readonly asked: Cell;
  /** Becomes 1 when a pass is cancelled; read between tiles and between pieces. */
  readonly flag: Int32Array;
  /** Pieces that nobody has brought yet; fewer where one was done twice. */
  readonly left: Int32Array;
  /** Who works on each piece, as its number plus 1; 0 where nobody does yet, −1 once it is answered. Taken by compare-and-exchange. */
  readonly owners: Int32Array;
  /** By worker: the piece that it began last and the time of that (ms since the epoch), so that it can be missed; −1 before the first. */
  readonly begun: Int32Array;
  readonly begunAt: BigInt64Array;
};

/**
 * Whose turn it is. Away: the worker has no task, or is on its way to answer by message. Called: it may begin, and the call may be taken back. Works: it
 * has begun. Listens: it has answered, or was never told, and may be called.
 */
export const STATE = { away: 0, called: 1, works: 2, listens: 3 } as const;

/** Words of a line. */
export const WORD = {
  state: 0,
  /** Another for each call */
  call: 1,
  /** The last call that was answered by this word */
  answered: 2,
  /** Numbers: of the job, of the pass that the message in its cell is of, of the worker in it */
  job: 3,
  pass: 4,
  worker: 5,
  /** The piece that it begins with, −1: the usual one */
  first: 6,
  /** Not 0: pieces in the order of sums, not its own first */
  inTurn: 7,
  /** It answers once it has so many pieces and they take so many bytes, though there may be more to do. */
  roomPieces: 8,
  roomBytes: 9,
  /** Not 0: what it brings is not given back */
  keeps: 10,
  /** Not 0: it may answer by its word, and listen */
  listens: 11,
  /** How many cells are free again, whose numbers follow, and how many pieces it brings, each with its cell, which follow after those. */
  freed: 12,
  brought: 13,
  /** Not 0: it need not be woken */
  isAwake: 14,
  lists: 15,
} as const;

/** Entries of each list of a line: a worker that has brought so many answers. */
export const MOST_LISTED = 256;
export const LINE_WORDS: number = WORD.lists + 3 * MOST_LISTED;

/** Jobs that workers remember, with their rows: those of two passes that take turns. */
export const KEPT_JOBS = 2;

/** What a worker answers by message. Errors are values: a promise that rejects means that the worker was lost. */
export type Told =
  | { readonly kind: 'brought'; readonly fresh: readonly Cell[]; readonly dropped: readonly number[] }
  | WorkError
  /** It has listened for long enough, or was asked to end, and was not called. */
  | { readonly kind: 'idle' }
  /** It does not know the line or the job: it may be another than was told. */
  | { readonly kind: 'unknown' }
  /** A start is over; so many messages were sent. */
  | { readonly kind: 'sent'; readonly sent: number };

export type WorkError = {
  readonly kind: 'error';
  readonly piece: number;
  readonly code: string;
  readonly message: string;
  readonly stack: string;
};

/** A whole run, which this worker makes alone. */
export type StartTask = Pick<
  Job,
  'backend' | 'precision' | 'algorithm' | 'spec' | 'data' | 'tiles' | 'flag' | 'begunAt'
> & {
  readonly worker: number;
  readonly run: RunFrom & Omit<RunLimits, 'signal'>;
  /** Where its steps go, some at a time. */
  readonly port: MessagePort;
};

/** Room for one worker, which has one task at a time. */
export type Slot = {
  /** Rejects when the worker was lost. */
  run(task: Posted): Promise<Told>;
  /** Gives up the worker, if it has a task, which rejects with the cause. */
  lose(cause: Error): void;
  close(): Promise<void>;
};
