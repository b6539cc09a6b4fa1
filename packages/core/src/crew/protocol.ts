import type { BackendName, Dataset, Precision, RowPart, RunFrom, RunLimits, Spec, Tree } from '../contracts/index.ts';
import type { TileMemory } from '../data/tiles.ts';

/**
 * What a worker is asked: all that it can get, and has room for, of one pass over the rows under one message. Names and shared memory only.
 *
 * A piece is an entry of `rows`: a shard, or a part of one.
 */
export type Task = PassTask | StartTask;

/** What passes of a fit have in common. */
export type Job = {
  readonly backend: BackendName;
  readonly precision: Precision;
  /** The spec as text, by which a worker knows an algorithm that it has built already. */
  readonly algorithm: string;
  /** Its modules, and those of the specs inside it, are URLs: located by the main thread. */
  readonly spec: Spec;
  readonly data: Dataset;
  /** Where tensor backends find the rows, or put them. */
  readonly tiles: TileMemory | null;
  readonly rows: readonly RowPart[];
};

/** A pass, or what this worker gets of it. */
export type PassTask = Job & {
  /** Equal in passes that agree in all of the job, which a worker is told once. */
  readonly job: number;
  readonly message: Tree;
  /** Becomes 1 when the pass is cancelled; read between tiles and between pieces. */
  readonly flag: Int32Array;
  /** Who works on each piece, as its number plus 1; 0 where nobody does yet, −1 once it is answered. Taken by compare-and-exchange. */
  readonly owners: Int32Array;
  readonly worker: number;
  /** The order in which this worker looks for pieces. */
  readonly order: readonly number[];
  /** By worker: the piece that it began last and the time of that (ms since the epoch), so that it can be missed; −1 before the first. */
  readonly begun: Int32Array;
  readonly begunAt: BigInt64Array;
  /** Shared memory of statistics that were added, free to be written. */
  readonly into: readonly Tree[];
  /** It answers once it has so many pieces and they take so many bytes, though there may be more to do. */
  readonly room: { readonly pieces: number; readonly bytes: number };
};

/** What a worker answers that does not know the job: it may be another than was told. */
export type Unknown = { readonly unknown: number };

/** What it answers, in shared memory. Errors are values: a promise that rejects means that the worker was lost. */
export type Answer =
  | { readonly done: readonly { readonly piece: number; readonly stats: Tree }[] }
  | {
      readonly error: {
        readonly piece: number;
        readonly code: string;
        readonly message: string;
        readonly stack: string;
      };
    };

/** A task as it crosses to a worker: of a pass, with its job where the worker may not know it. */
export type Posted = StartTask | (Omit<PassTask, keyof Job> & { readonly told: Job | null });

/** A whole run, which this worker makes alone. */
export type StartTask = Pick<
  PassTask,
  'backend' | 'precision' | 'algorithm' | 'spec' | 'data' | 'tiles' | 'flag' | 'worker' | 'begunAt'
> & {
  readonly run: RunFrom & Omit<RunLimits, 'signal'>;
  /** Where its steps go, some at a time. */
  readonly port: MessagePort;
};

/** What it answers: how many messages it has sent. */
export type StartAnswer = { readonly sent: number } | Extract<Answer, { readonly error: unknown }>;
