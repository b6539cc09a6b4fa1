import type { Bell } from './bell.ts';
import { type Answer, type Call, lineMemory, readDone, writeCall } from './call.ts';
import { type Cell, cellOf } from './cell.ts';
import { KEPT_JOBS, type Slot, STATE, type StartTask, type Told, WORD } from './protocol.ts';
import { openWatch, type Watched } from './watch-shards.ts';

export type Calling = {
  /** Takes the call back, unless the worker has begun: then it is answered with nothing. */
  revoke(): void;
};

/** What the main thread has with one worker after another, each of which works on one call or start at a time. */
export type Line = {
  /** @param hear  is called once, perhaps before this returns; throws nothing */
  call(call: Call, hear: (answer: Answer) => void): Calling;
  /** Rejects when the worker was lost. */
  start(task: StartTask): Promise<Told>;
  /** What was brought may be written over. */
  free(cells: readonly Cell[]): void;
  close(): Promise<void>;
};

/** A call or a start. */
type Turn = {
  readonly kind: 'call' | 'start';
  readonly of: Omit<Watched, 'since'>;
  /** Begins, or looks what has changed: what is to be done once it is over, null before. Throws where the worker was lost. */
  go(): (() => void) | null;
  lost(cause: unknown): void;
};

const NOTHING: Answer = { kind: 'done', done: [] };

/**
 * A line to the workers of a slot; where the bell is not heard every call goes by message.
 *
 * Calls make no promises and set no timers, which would cost a small pass more than its work: whatever changes, whose turn it is looks.
 *
 * @param timeoutMs  for a worker on one shard, or on its way to the first
 */
export function openLine(slot: Slot, bell: Bell, timeoutMs: number): Line {
  let memory = lineMemory(1, bell.words);
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
  /** Whether the last call went by the word: to a worker that listened, and has no shard that it could be stuck on. */
  let isRung = false;
  const turns: Turn[] = [];
  let isBegun = false;

  /** Whether it has by its word. */
  const hasAnswered = (): boolean => Atomics.load(memory.words, WORD.answered) === calls;
  /** Of the worker's state, whom this alone does not wake. */
  const change = (from: number, to: number): boolean =>
    Atomics.compareExchange(memory.words, WORD.state, from, to) === from;
  /** Another worker: it was told nothing. */
  const forget = (): void => {
    memory = lineMemory(memory.number + 1, bell.words);
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
      look();
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
  /** Asks the worker to end its task; true once it has none. */
  const isDismissed = (): boolean => {
    takeOutcome();
    if (isAtWork && change(STATE.listens, STATE.away)) Atomics.notify(memory.words, WORD.state);
    return !isAtWork;
  };
  /** How many free cells it is told of. */
  const write = (call: Call, listens: boolean): number => {
    calls = (calls + 1) % 2 ** 30;
    return writeCall(memory.words, call, { number: calls, listens, freed });
  };
  /** Calls by a word, or by message once the worker has no task: of how many free cells it was told, null where it could not be called yet. */
  const place = (call: Call): number | null => {
    const { number } = call.job;
    const knows = known.includes(number);
    const isHeard = bell.isHeard && knows;
    let given = 0;
    const listens = isAtWork && isHeard && call.into.length === 0 && change(STATE.listens, STATE.listens);
    if (listens) given = write(call, true);
    isRung = listens && change(STATE.listens, STATE.called);
    if (isRung) bell.listen(memory.words);
    else {
      if (!isDismissed()) return null;
      const into = call.into.map((tree) => cellOf(--lent, tree, true));
      for (const cell of into) cells.set(cell.id, cell);
      given = write(call, isHeard);
      Atomics.store(memory.words, WORD.state, STATE.called);
      const told = knows ? null : call.job;
      post({ line: memory.number, memory: isTold ? null : memory, told, into });
      isTold = true;
    }
    if (known[0] !== number) known = [number, ...known.filter((job) => job !== number)].slice(0, KEPT_JOBS);
    since ??= Date.now();
    return given;
  };
  /** Looks for the answer to a call, which is placed first. */
  const answering = (call: Call, own: { readonly isRevoked: boolean }): (() => Answer | null) => {
    let given: number | null = null;
    return () => {
      for (;;) {
        if (given === null) {
          if (own.isRevoked) return NOTHING;
          given = place(call);
          if (given === null) return null;
        }
        const told = takeOutcome();
        if (told === null && !hasAnswered()) {
          if (own.isRevoked && change(STATE.called, STATE.listens)) {
            if (isRung) since = null;
            return NOTHING;
          }
          if (bell.isHeard) bell.listen(null);
          return null;
        }
        const isUnknown = told?.kind === 'unknown';
        if (isUnknown) forget();
        // It was called as it ended, having listened for long enough: only a call that was taken back before lets it.
        if (isUnknown || (told?.kind === 'idle' && !hasAnswered())) {
          given = null;
          continue;
        }
        freed = freed.slice(given);
        since = null;
        if (told?.kind === 'error') return told;
        if (told?.kind === 'brought') {
          for (const cell of told.fresh) cells.set(cell.id, cell);
          for (const id of told.dropped) cells.delete(id);
        }
        return { kind: 'done', done: readDone(memory.words, cells, call.keeps) };
      }
    };
  };

  const watch = openWatch(timeoutMs, () => {
    // A word is what calls are answered by: a start has none. Nobody has rung for it, perhaps.
    if (turns[0]?.kind === 'call' && hasAnswered()) look();
    else slot.lose(new Error(`it took longer than ${timeoutMs} ms`));
  });
  const look = (): void => {
    for (let own = turns[0]; own !== undefined; own = turns[0]) {
      const { of, go, lost } = own;
      if (!isBegun) {
        isBegun = true;
        // What became of a worker that nobody asked is nobody's matter.
        outcome = null;
        watch.begin({ ...of, since: since ?? Date.now() });
      }
      let end: (() => void) | null;
      try {
        end = go();
      } catch (cause) {
        end = () => lost(cause);
      }
      if (end === null) return;
      turns.shift();
      isBegun = false;
      watch.end();
      end();
    }
  };
  const queue = (own: Turn): void => {
    turns.push(own);
    if (turns.length === 1) look();
  };

  bell.onRing(look);
  return {
    call(call, hear) {
      const own = { isRevoked: false };
      const answer = answering(call, own);
      const { flag, begunAt } = call.job;
      const made: Turn = {
        kind: 'call',
        of: { flag, begunAt, worker: call.worker },
        go() {
          const answered = answer();
          return answered && (() => hear(answered));
        },
        lost: (cause) => hear({ kind: 'lost', cause }),
      };
      queue(made);
      return {
        revoke() {
          own.isRevoked = true;
          const at = turns.indexOf(made);
          // Nobody waits for a turn that is not wanted any more.
          if (at === 0) look();
          else if (at > 0) {
            turns.splice(at, 1);
            hear(NOTHING);
          }
        },
      };
    },
    start: (task) =>
      new Promise((resolve, reject) => {
        let isPosted = false;
        const go = (): (() => void) | null => {
          if (!isPosted && isDismissed()) {
            post(task);
            isPosted = true;
          }
          if (!isPosted || isAtWork) return null;
          const told = takeOutcome()!;
          return () => resolve(told);
        };
        queue({ kind: 'start', of: task, go, lost: reject });
      }),
    free(given) {
      for (const cell of given) if (cells.get(cell.id) === cell) freed.push(cell.id);
    },
    close: () => slot.close(),
  };
}
