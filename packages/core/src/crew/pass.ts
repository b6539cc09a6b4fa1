import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import type { Collected, RowPart, Tree } from '../contracts/index.ts';
import type { Answer, PassTask } from './protocol.ts';
import type { BriefedSlot } from './slot.ts';
import { sumInOrder } from './sum-in-order.ts';

/** What all tasks of a pass have in common. */
export type Batch = Pick<
  PassTask,
  'job' | 'backend' | 'precision' | 'algorithm' | 'spec' | 'message' | 'data' | 'tiles' | 'rows' | 'flag'
>;

export type Limits = {
  /** Whose errors they are, as 'core/threads' */
  readonly where: string;
  readonly timeoutMs: number;
  readonly tries: number;
  /** Memory of statistics that were added: what those of later passes are written to. */
  readonly spare: Tree[];
};

/** Statistics of a worker that may be held at once: of so many pieces, and of more as long as they are small. */
const HELD_PIECES = 4;
const HELD_BYTES = 2 ** 25;

/**
 * One pass over all pieces that were asked for. A worker gets a task: it takes pieces of its own shards, then those that nobody has begun, and answers
 * with what it has once there is nothing left. Where statistics are large it answers in between, with half of what it may hold, and gets another task
 * while the first half waits to be added.
 *
 * The main thread sleeps meanwhile: were it asked for every shard, it would take time from workers that fill the cores. It does not wait for a
 * worker that found nothing left to do, as one that is still starting.
 *
 * @param keep  whether the statistics of each piece are wanted too
 * @returns the sum of all statistics, added in the order of `rows`
 */
export async function collectPass(
  slots: readonly BriefedSlot[],
  batch: Batch,
  { keep, ...limits }: Limits & { readonly keep: boolean },
): Promise<Collected> {
  const count = batch.rows.length;
  if (count === 0) return { sum: null, parts: keep ? [] : null };
  const crew = slots.slice(0, count);
  const shared = {
    ...batch,
    owners: new Int32Array(new SharedArrayBuffer(4 * count)),
    begun: new Int32Array(new SharedArrayBuffer(4 * crew.length)).fill(-1),
    begunAt: new BigInt64Array(new SharedArrayBuffer(8 * crew.length)),
  };
  const { owners } = shared;
  const sum = sumInOrder(crew.length, keep);
  const losses = new Array<number>(count).fill(0);
  const turns = turnsOf();
  let failure: unknown;
  const isOver = (): boolean => failure !== undefined || sum.next() === count;
  const roomOf = (worker: number): PassTask['room'] => {
    if (keep) return { pieces: count, bytes: 0 };
    const { pieces, bytes } = sum.held(worker);
    const room = (most: number, held: number): number => Math.max(0, Math.min(most / 2, most - held));
    return { pieces: Math.max(1, room(HELD_PIECES, pieces)), bytes: room(HELD_BYTES, bytes) };
  };
  const hasRoom = (worker: number): boolean => {
    const { pieces, bytes } = sum.held(worker);
    return keep || pieces < HELD_PIECES || bytes < HELD_BYTES;
  };

  const serve = async (slot: BriefedSlot, worker: number): Promise<void> => {
    let order = orderOf(worker, crew.length, batch.rows);
    let into = limits.spare.splice(0, Math.ceil(count / crew.length));
    for (;;) {
      const task = { ...shared, worker, order, into, room: roomOf(worker) };
      let answer: Answer;
      try {
        answer = (await slot.run(task, limits.timeoutMs)) as Answer;
      } catch (cause) {
        // The pass is over: nobody waits for what this worker was starting for.
        if (sum.next() === count) return;
        const piece = shared.begun[worker]! < 0 ? order[0]! : shared.begun[worker]!;
        checkTries(piece, ++losses[piece]!, task, { limits, cause });
        order = takeBack(task, piece);
        // A worker that was given up may write on for a moment.
        into = [];
        turns.begin();
        continue;
      }
      for (const { piece, stats } of doneOf(answer, batch.rows, limits.where)) {
        Atomics.store(owners, piece, -1);
        sum.take(piece, stats, worker);
      }
      turns.begin();
      // What nobody has begun is for whoever has room, and the next in turn for anybody: all that wait, wait for it.
      while (!isOver() && owners.includes(0) && !hasRoom(worker) && Atomics.load(owners, sum.next()) !== 0)
        await turns.next();
      if (isOver() || !owners.includes(0)) return;
      // What others wait for comes first, unless nobody waits for this worker.
      const pieces = sum.held(worker).pieces > 0 ? batch.rows.keys() : orderOf(worker, crew.length, batch.rows);
      order = [...pieces].filter((piece) => Atomics.load(owners, piece) === 0);
      into = sum.free(worker);
      shared.begun[worker] = -1;
    }
  };
  await new Promise<void>((resolve) => {
    const ends = crew.map(async (slot, worker) => {
      try {
        await serve(slot, worker);
      } catch (error) {
        failure ??= error;
        Atomics.store(batch.flag, 0, 1);
        turns.begin();
      }
      if (sum.next() === count) resolve();
    });
    void Promise.all(ends).then(() => resolve());
  });
  if (failure !== undefined) throw failure;
  // Memory that a lost worker had may still be written.
  if (losses.every((times) => times === 0)) for (const worker of crew.keys()) limits.spare.push(...sum.free(worker));
  return sum.collected();
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

/** Pieces of its own shards first, as their tensors are kept there; then those of the others, the last ones first. */
function orderOf(worker: number, workers: number, rows: readonly RowPart[]): number[] {
  const pieces = Array.from(rows.keys());
  const isOwn = (piece: number): boolean => rows[piece]!.shard % workers === worker;
  return [...pieces.filter(isOwn), ...pieces.filter((piece) => !isOwn(piece)).reverse()];
}

function checkTries(
  piece: number,
  times: number,
  { flag, rows }: PassTask,
  { limits, cause }: { limits: Limits; cause: unknown },
): void {
  if (times < limits.tries && Atomics.load(flag, 0) === 0) return;
  const often = times === 1 ? 'once' : `${times} times`;
  const { shard } = rows[piece]!;
  fail(limits.where, 'WORKER_LOST', `shard ${shard} lost its worker ${often} (${errorFrom(cause).message})`, cause);
}

/** After the loss of a worker its pieces may be done by all, except the one that it was on: that is its successor's, and comes first. */
function takeBack({ owners, begun, worker, order }: PassTask, first: number): number[] {
  begun[worker] = -1;
  for (const piece of order) if (piece !== first) Atomics.compareExchange(owners, piece, worker + 1, 0);
  return [first, ...order.filter((piece) => piece !== first)];
}

function doneOf(
  answer: Answer,
  rows: readonly RowPart[],
  where: string,
): readonly { readonly piece: number; readonly stats: Tree }[] {
  if ('done' in answer) return answer.done;
  const { piece, code, message, stack } = answer.error;
  const cause = Object.assign(new Error(message), { stack });
  if (code !== 'TASK') throw new MixtentionError(code, message, { cause });
  const { shard } = rows[piece]!;
  return fail(where, code, `shard ${shard} failed: ${message}`, cause);
}
