import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import type { Collected, RowPart, Tree } from '../contracts/index.ts';
import type { Answer, Call, Done } from './call.ts';
import type { Calling, Line } from './line.ts';
import type { Job } from './protocol.ts';
import { sumInOrder } from './sum-in-order.ts';

export type Limits = {
  /** Whose errors they are, as 'core/threads' */
  readonly where: string;
  readonly tries: number;
};

/** Statistics of a worker that may be held at once: of so many pieces, and of more as long as they are small. */
const HELD_PIECES = 4;
const HELD_BYTES = 2 ** 25;

export type Asking = Pick<Call, 'job' | 'pass'> & {
  /** In the job's cell, too */
  readonly rows: readonly RowPart[];
  readonly into: readonly Tree[];
  readonly keep: boolean;
  /** Is called when no worker has to do with the pass any more, perhaps after its end: true where none was lost, and nothing went wrong. */
  readonly rest: (isSound: boolean) => void;
};

/** How a call differs from others of its pass. */
type Begin = Pick<Call, 'first' | 'inTurn' | 'into'>;

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
 * @param ends  one of them is called, once: with the sum of all statistics, added in the order of `rows`, or with what went wrong
 */
export function collectPass(
  lines: readonly Line[],
  { job, pass, rows, into, keep, rest }: Asking,
  { where, tries }: Limits,
  ends: { readonly resolve: (collected: Collected) => void; readonly reject: (error: unknown) => void },
): void {
  const { owners, begun } = job;
  const count = rows.length;
  const crew = lines.slice(0, begun.length);
  const sum = sumInOrder(crew.length, keep);
  const losses = new Map<number, number>();
  const calls = new Map<number, Calling>();
  /** Workers that wait until there is room for what they would bring. */
  let waiting: readonly number[] = [];
  let left = crew.length;
  let failure: { readonly error: unknown } | null = null;
  let isOver = false;

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
  const leave = (): void => {
    if (--left > 0) return;
    rest(failure === null && losses.size === 0);
    if (failure !== null) ends.reject(failure.error);
  };
  const end = (): void => {
    isOver = true;
    if (failure === null) {
      for (const [worker, line] of crew.entries()) line.free(sum.free(worker));
      ends.resolve(sum.collected());
    }
    for (const calling of [...calls.values()]) calling.revoke();
    for (const _ of waiting) leave();
    waiting = [];
  };
  const giveUp = (error: unknown): void => {
    failure ??= { error };
    Atomics.store(job.flag, 0, 1);
    if (!isOver) end();
    leave();
  };
  const call = (worker: number, begin: Begin): void => {
    let isHeard = false;
    const hear = (answer: Answer): void => {
      isHeard = true;
      calls.delete(worker);
      try {
        if (answer.kind !== 'lost') take(worker, doneOf(answer, rows, where));
        // Nobody waits for what this worker was starting for.
        else if (sum.next() === count) leave();
        else tryAgain(worker, begin, answer.cause);
      } catch (error) {
        giveUp(error);
      }
    };
    const calling = crew[worker]!.call({ job, pass, worker, keeps: keep, room: roomOf(worker), ...begin }, hear);
    if (!isHeard) calls.set(worker, calling);
  };
  const goOn = (worker: number): void => {
    if (isOver || !owners.includes(0)) leave();
    // What nobody has begun is for whoever has room, and the next in turn for anybody: all that wait, wait for it.
    else if (!hasRoom(worker) && Atomics.load(owners, sum.next()) !== 0) waiting = [...waiting, worker];
    else {
      // What others wait for comes first, unless nobody waits for this worker.
      const inTurn = sum.held(worker).pieces > 0;
      crew[worker]!.free(sum.free(worker));
      begun[worker] = -1;
      call(worker, { first: -1, inTurn, into: [] });
    }
  };
  const goOnWaiting = (): void => {
    const woken = waiting;
    waiting = [];
    for (const worker of woken) goOn(worker);
  };
  const take = (worker: number, done: Done): void => {
    for (const { piece, cell } of done) {
      Atomics.store(owners, piece, -1);
      sum.take(piece, cell, worker);
    }
    if (!isOver && sum.next() === count) end();
    goOn(worker);
    goOnWaiting();
  };
  const tryAgain = (worker: number, begin: Begin, cause: unknown): void => {
    const piece = begun[worker]! < 0 ? firstOf(worker, crew.length, rows) : begun[worker]!;
    const times = (losses.get(piece) ?? 0) + 1;
    losses.set(piece, times);
    if (times >= tries || Atomics.load(job.flag, 0) !== 0) {
      const often = times === 1 ? 'once' : `${times} times`;
      const { message } = errorFrom(cause);
      fail(where, 'WORKER_LOST', `shard ${rows[piece]!.shard} lost its worker ${often} (${message})`, cause);
    }
    takeBack(job, worker, piece);
    call(worker, { ...begin, first: piece, into: [] });
    goOnWaiting();
  };

  const portion = Math.ceil(into.length / crew.length);
  for (const worker of crew.keys())
    call(worker, { first: -1, inTurn: false, into: into.slice(worker * portion, (worker + 1) * portion) });
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

function doneOf(answer: Exclude<Answer, { kind: 'lost' }>, rows: readonly RowPart[], where: string): Done {
  if (answer.kind === 'done') return answer.done;
  const { piece, code, message, stack } = answer;
  const cause = Object.assign(new Error(message), { stack });
  if (code !== 'TASK') throw new MixtentionError(code, message, { cause });
  const { shard } = rows[piece]!;
  return fail(where, code, `shard ${shard} failed: ${message}`, cause);
}
