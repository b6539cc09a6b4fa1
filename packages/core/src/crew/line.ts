import type { Tree } from '../contracts/index.ts';
import type { Bell } from './bell.ts';
import { type Cell, cellOf } from './cell.ts';
import {
  type Job,
  KEPT_JOBS,
  LINE_WORDS,
  type LineMemory,
  MOST_LISTED,
  type Slot,
  STATE,
  type StartTask,
  type Told,
  WORD,
  type WorkError,
} from './protocol.ts';
import { watchShards } from './watch-shards.ts';

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

export type Answer =
  | { readonly kind: 'done'; readonly done: readonly { readonly piece: number; readonly cell: Cell }[] }
  | WorkError;

export type Calling = {
  /** Rejects when the worker was lost, took longer than it may on one shard, or did not obey a cancel. */
  readonly answer: Promise<Answer>;
  /** Takes the call back, unless the worker has begun: then it is answered with nothing. */
  revoke(): void;
};

/** What the main thread has with one worker after another, each of which works on one call or start at a time. */
export type Line = {
  call(call: Call, timeoutMs: number): Calling;
  start(task: StartTask, timeoutMs: number): Promise<Told>;
  /** What was brought may be written over. */
  free(cells: readonly Cell[]): void;
  close(): Promise<void>;
};

const NOTHING: Answer = { kind: 'done', done: [] };

/** A line to the workers of a slot; where the bell is not heard every call goes by message. */
export function openLine(slot: Slot, bell: Bell): Line {
  let memory = lineMemory(1, bell.word);
  let isTold = false;
  let known: readonly number[] = [];
  const cells = new Map<number, Cell>();
  let freed: number[] = [];
  let lent = 0;
  /** Whether the worker has a task, and what came of the last one until that is looked at. */
  let isAtWork = false;
  let outcome: { readonly told: Told } | { readonly cause: unknown } | null = null;
  /** When it was asked what it has not answered yet (ms since the epoch). */
  let since: number | null = null;
  let calls = 0;
  let last: Promise<unknown> = Promise.resolve();
  let wake: () => void = () => {};

  const change = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const state = (): number => Atomics.load(memory.words, WORD.state);
  /** Whether it has by its word. */
  const hasAnswered = (): boolean => Atomics.load(memory.words, WORD.answered) === calls;
  const turn = (from: number, to: number): boolean => {
    const isTurned = Atomics.compareExchange(memory.words, WORD.state, from, to) === from;
    if (isTurned) Atomics.notify(memory.words, WORD.state);
    return isTurned;
  };
  /** Another worker: it was told nothing. */
  const forget = (): void => {
    memory = lineMemory(memory.number + 1, bell.word);
    isTold = false;
    known = [];
    cells.clear();
    freed = [];
  };
  const post = (task: Parameters<Slot['run']>[0]): void => {
    isAtWork = true;
    outcome = null;
    const end = (came: NonNullable<typeof outcome>): void => {
      if ('cause' in came) forget();
      isAtWork = false;
      outcome = came;
      since = null;
      wake();
    };
    slot.run(task).then(
      (told) => end({ told }),
      (cause) => end({ cause }),
    );
  };
  /** What came of the task, once. */
  const takeOutcome = (): Told | null => {
    const came = outcome;
    outcome = null;
    if (came === null) return null;
    if ('cause' in came) throw came.cause;
    return came.told;
  };
  /** Waits until the worker has no task. */
  const dismiss = async (isOver: () => boolean): Promise<void> => {
    while (isAtWork && !isOver()) {
      turn(STATE.listens, STATE.away);
      await change();
      if (!isAtWork) takeOutcome();
    }
    outcome = null;
  };
  const write = (call: Call, listens: boolean): number => {
    const { words } = memory;
    words[WORD.job] = call.job.number;
    words[WORD.pass] = call.pass;
    words[WORD.worker] = call.worker;
    words[WORD.first] = call.first;
    words[WORD.inTurn] = Number(call.inTurn);
    words[WORD.roomPieces] = Math.min(call.room.pieces, MOST_LISTED);
    words[WORD.roomBytes] = call.room.bytes;
    words[WORD.keeps] = Number(call.keeps);
    words[WORD.listens] = Number(listens);
    const given = Math.min(freed.length, MOST_LISTED);
    words[WORD.freed] = given;
    for (let i = 0; i < given; i++) words[WORD.lists + i] = freed[i]!;
    calls = (calls + 1) % 2 ** 30;
    Atomics.store(words, WORD.call, calls);
    return given;
  };
  const read = (keeps: boolean): Answer => {
    const { words } = memory;
    const done = Array.from({ length: words[WORD.brought]! }, (_, i) => {
      const at = WORD.lists + MOST_LISTED + 2 * i;
      const id = words[at + 1]!;
      const cell = cells.get(id)!;
      if (keeps) cells.delete(id);
      return { piece: words[at]!, cell };
    });
    return { kind: 'done', done };
  };

  const attempt = async (call: Call, own: { readonly isRevoked: boolean }): Promise<Answer> => {
    const { number } = call.job;
    const isOver = (): boolean => own.isRevoked;
    for (;;) {
      const knows = known.includes(number);
      let given = 0;
      const isRung = isAtWork && bell.isHeard && knows && call.into.length === 0 && state() === STATE.listens;
      if (isRung) given = write(call, true);
      if (!isRung || !turn(STATE.listens, STATE.called)) {
        await dismiss(isOver);
        if (own.isRevoked) return NOTHING;
        const into = call.into.map((tree) => cellOf(--lent, tree, true));
        for (const cell of into) cells.set(cell.id, cell);
        given = write(call, bell.isHeard && knows);
        Atomics.store(memory.words, WORD.state, STATE.called);
        const told = knows ? null : call.job;
        post({ line: memory.number, memory: isTold ? null : memory, told, into });
        isTold = true;
      }
      known = [number, ...known.filter((job) => job !== number)].slice(0, KEPT_JOBS);
      since ??= Date.now();
      const told = await answered(own);
      if (told === 'undone') return NOTHING;
      if (told?.kind === 'unknown') {
        forget();
        continue;
      }
      // It was called as it ended: only a call that was taken back before lets it.
      if (told?.kind === 'idle') continue;
      freed = freed.slice(given);
      since = null;
      if (told?.kind === 'error') return told;
      if (told?.kind === 'brought') {
        for (const cell of told.fresh) cells.set(cell.id, cell);
        for (const id of told.dropped) cells.delete(id);
      }
      return read(call.keeps);
    }
  };
  /** What it says by message, null where it answers by its word. */
  const answered = async (own: { readonly isRevoked: boolean }): Promise<Told | 'undone' | null> => {
    for (;;) {
      const rung = bell.rung();
      const told = takeOutcome();
      if (told !== null && told.kind !== 'idle') return told;
      // Perhaps it has listened for long enough since.
      if (hasAnswered()) return null;
      if (told !== null) return told;
      if (own.isRevoked && turn(STATE.called, STATE.listens)) return 'undone';
      if (!bell.isHeard || bell.listen(rung)) await change();
    }
  };

  const watched = async <Result>(
    {
      of,
      timeoutMs,
      isDone,
    }: { readonly of: Parameters<typeof watchShards>[0]; readonly timeoutMs: number; readonly isDone: () => boolean },
    work: () => Promise<Result>,
  ): Promise<Result> => {
    const late = (): void => {
      if (isDone()) wake();
      else slot.lose(new Error(`it took longer than ${timeoutMs} ms`));
    };
    const end = watchShards(of, { since: since ?? Date.now(), timeoutMs, late });
    try {
      return await work();
    } finally {
      end();
    }
  };
  const queue = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };

  bell.onRing(() => wake());
  return {
    call(call, timeoutMs) {
      const own = { isRevoked: false };
      const wakeUp = (): void => wake();
      let revoke: () => void = wakeUp;
      const { flag, begunAt } = call.job;
      const of = { flag, begunAt, worker: call.worker };
      return {
        // Nobody waits for a turn that is not wanted any more.
        answer: new Promise((resolve, reject) => {
          revoke = () => resolve(NOTHING);
          queue(() => {
            revoke = wakeUp;
            return own.isRevoked
              ? Promise.resolve(NOTHING)
              : watched({ of, timeoutMs, isDone: hasAnswered }, () => attempt(call, own));
          }).then(resolve, reject);
        }),
        revoke() {
          own.isRevoked = true;
          revoke();
        },
      };
    },
    start: (task, timeoutMs) =>
      queue(() =>
        // A word is what calls are answered by: a start has none.
        watched({ of: task, timeoutMs, isDone: () => false }, async () => {
          await dismiss(() => false);
          post(task);
          while (isAtWork) await change();
          return takeOutcome()!;
        }),
      ),
    free(given) {
      for (const cell of given) if (cells.get(cell.id) === cell) freed.push(cell.id);
    },
    close: () => slot.close(),
  };
}

function lineMemory(number: number, bell: Int32Array): LineMemory {
  return { number, bell, words: new Int32Array(new SharedArrayBuffer(4 * LINE_WORDS)) };
}
