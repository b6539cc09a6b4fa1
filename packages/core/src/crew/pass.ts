import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import type { Collected, RowPart, Tree } from '../contracts/index.ts';
import type { Cell } from './cell.ts';
import type { Answer, Call, Calling, Line } from './line.ts';
import type { Job } from './protocol.ts';
import { sumInOrder } from './sum-in-order.ts';

export type Limits = {
  /** Whose errors they are, as 'core/threads' */
  readonly where: string;
  readonly timeoutMs: number;
  readonly tries: number;
};

export type Pass = {
  readonly collected: Promise<Collected>;
  /** Resolves when no worker has to do with the pass any more: true where none was lost, and nothing went wrong. */
  readonly rest: Promise<boolean>;
};

/** Statistics of a worker that may be held at once: of so many pieces, and of more as long as they are small. */
const HELD_PIECES = 4;
const HELD_BYTES = 2 ** 25;

export type Asking = Pick<Call, 'job' | 'pass'> & {
  /** In the job's cell, too */
  readonly rows: readonly RowPart[];
  readonly into: readonly Tree[];
  readonly keep: boolean;
};

/**
 * One pass over all pieces that were asked for. A worker gets a call: it takes pieces of its own shards, then those that nobody has begun, and answers
 * with what it has once there is nothing left. Where statistics are large it answers in between, with half of what it may hold, and gets another call
 * while the first half waits to be added.
 *
 * The main thread sleeps meanwhile: were it asked for every shard, it would take time from workers that fill the cores. It does not wait for a
 * worker that found nothing left to do, as one that is still starting: its call is taken back.
 *
 * @param into  memory that statistics may be written to
 * @param keep  whether the statistics of each piece are wanted too
 * @returns the sum of all statistics, added in the order of `rows`
 */
export function collectPass(lines: readonly Line[], { job, pass, rows, into, keep }: Asking, limits: Limits): Pass {
  const { owners, begun } = job;
  const count = rows.length;
  const crew = lines.slice(0, begun.length);
  const sum = sumInOrder(crew.length, keep);
  const losses = new Array<number>(count).fill(0);
  const turns = turnsOf();
  const calls = new Set<Calling>();
  let failure: { readonly error: unknown } | null = null;
  let finish: () => void = () => {};
  const isOver = (): boolean => failure !== null || sum.next() === count;
  const end = (): void => {
    if (sum.next() === count) finish();
    turns.begin();
    for (const call of calls) call.revoke();
  };
  const roomOf = (worker: number): Call['room'] => {
    if (keep) return { pieces: count, bytes: 0 };
    const { pieces, bytes } = sum.held(worker);
    const room = (most: number, held: number): number => Math.max(0, Math.min(most / 2, most - held));
    return { pieces: Math.max(1, room(HELD_PIECES, pieces)), bytes: room(HELD_BYTES, bytes) };
  };
  const hasRoom = (worker: number): boolean => {
    const { pieces, bytes } = sum.held(worker);
    return keep || pieces < HELD_PIECES || bytes < HELD_BYTES;
  };
  const ask = async (line: Line, call: Call): Promise<Answer> => {
    const calling = line.call(call, limits.timeoutMs);
    calls.add(calling);
    try {
      return await calling.answer;
    } finally {
      calls.delete(calling);
    }
  };

  const serve = async (line: Line, worker: number): Promise<void> => {
    const portion = Math.ceil(into.length / crew.length);
    let call: Pick<Call, 'first' | 'inTurn' | 'into'> = {
      first: -1,
      inTurn: false,
      into: into.slice(worker * portion, (worker + 1) * portion),
    };
    for (;;) {
      let answer: Answer;
      try {
        answer = await ask(line, { job, pass, worker, keeps: keep, room: roomOf(worker), ...call });
      } catch (cause) {
        // The pass is over: nobody waits for what this worker was starting for.
        if (sum.next() === count) return;
        const piece = begun[worker]! < 0 ? firstOf(worker, crew.length, rows) : begun[worker]!;
        checkTries(rows[piece]!, ++losses[piece]!, job, { limits, cause });
        takeBack(job, worker, piece);
        call = { ...call, first: piece, into: [] };
        turns.begin();
        continue;
      }
      for (const { piece, cell } of doneOf(answer, rows, limits.where)) {
        Atomics.store(owners, piece, -1);
        sum.take(piece, cell, worker);
      }
      if (isOver()) return end();
      turns.begin();
      // What nobody has begun is for whoever has room, and the next in turn for anybody: all that wait, wait for it.
      while (!isOver() && owners.includes(0) && !hasRoom(worker) && Atomics.load(owners, sum.next()) !== 0)
        await turns.next();
      if (isOver() || !owners.includes(0)) return;
      // What others wait for comes first, unless nobody waits for this worker.
      call = { first: -1, inTurn: sum.held(worker).pieces > 0, into: [] };
      line.free(sum.free(worker));
      begun[worker] = -1;
    }
  };
  const served = crew.map(async (line, worker) => {
    try {
      await serve(line, worker);
    } catch (error) {
      failure ??= { error };
      Atomics.store(job.flag, 0, 1);
      end();
    }
  });
  const rest = Promise.all(served).then(() => {
    return failure === null && losses.every((times) => times === 0);
  });
  const collected = async (): Promise<Collected> => {
    await new Promise<void>((resolve) => {
      finish = resolve;
      void rest.then(() => resolve());
    });
    if (failure !== null) throw failure.error;
    for (const [worker, line] of crew.entries()) line.free(sum.free(worker));
    return sum.collected();
  };
  return { collected: collected(), rest };
}

/** Lets many wait for the next time that something has changed. */
function turnsOf(): { next(): Promise<void>; begin(): void } {
  let waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    begin() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
  };
}

function checkTries(
  { shard }: RowPart,
  times: number,
  { flag }: Job,
  { limits, cause }: { limits: Limits; cause: unknown },
): void {
  if (times < limits.tries && Atomics.load(flag, 0) === 0) return;
  const often = times === 1 ? 'once' : `${times} times`;
  fail(limits.where, 'WORKER_LOST', `shard ${shard} lost its worker ${often} (${errorFrom(cause).message})`, cause);
}

/** After the loss of a worker its pieces may be done by all, except the one that it was on: that is its successor's, and comes first. */
function takeBack({ owners, begun }: Job, worker: number, first: number): void {
  begun[worker] = -1;
  for (let piece = 0; piece < owners.length; piece++)
    if (piece !== first) Atomics.compareExchange(owners, piece, worker + 1, 0);
}

/** What a worker looks for first, if it is lost before it has begun anything. */
function firstOf(worker: number, workers: number, rows: readonly RowPart[]): number {
  const own = rows.findIndex(({ shard }) => shard % workers === worker);
  return own < 0 ? rows.length - 1 : own;
}

function doneOf(
  answer: Answer,
  rows: readonly RowPart[],
  where: string,
): readonly { readonly piece: number; readonly cell: Cell }[] {
  if (answer.kind === 'done') return answer.done;
  const { piece, code, message, stack } = answer;
  const cause = Object.assign(new Error(message), { stack });
  if (code !== 'TASK') throw new MixtentionError(code, message, { cause });
  const { shard } = rows[piece]!;
  return fail(where, code, `shard ${shard} failed: ${message}`, cause);
}
