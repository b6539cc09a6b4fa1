import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { addTrees, copyTree } from '../base/tree.ts';
import type { Collected, RowPart, Tree } from '../contracts/index.ts';
import type { Answer, Task } from './protocol.ts';
import type { Slot } from './slot.ts';

/** What all tasks of a pass have in common. */
export type Batch = Pick<
  Task,
  'backend' | 'precision' | 'algorithm' | 'spec' | 'message' | 'data' | 'tiles' | 'rows' | 'flag'
>;

export type Limits = {
  readonly timeoutMs: number;
  readonly tries: number;
  /** Memory of statistics that were added: what those of later passes are written to. */
  readonly spare: Tree[][];
};

/**
 * One pass over all pieces that were asked for. Each worker gets one task: it takes pieces of its own shards, then those that nobody has begun, and answers once.
 *
 * The main thread sleeps meanwhile: were it asked for every shard, it would take time from workers that fill the cores. It does not wait for a
 * worker that found nothing left to do, as one that is still starting.
 *
 * @param keep  whether the statistics of each piece are wanted too
 * @returns the sum of all statistics, added in the order of `rows`
 */
export async function collectPass(
  slots: readonly Slot[],
  batch: Batch,
  { keep, ...limits }: Limits & { readonly keep: boolean },
): Promise<Collected> {
  const count = batch.rows.length;
  if (count === 0) return { sum: null, parts: keep ? [] : null };
  const crew = slots.slice(0, count);
  const into = limits.spare.pop() ?? [];
  const shared = {
    ...batch,
    into: Array.from({ length: count }, (_, piece) => into[piece] ?? null),
    owners: new Int32Array(new SharedArrayBuffer(4 * count)),
    begun: new Int32Array(new SharedArrayBuffer(4 * crew.length)).fill(-1),
    begunAt: new BigInt64Array(new SharedArrayBuffer(8 * crew.length)),
  };
  const losses = new Array<number>(count).fill(0);
  const parts = new Map<number, Tree>();
  let failure: unknown;

  const serve = async (slot: Slot, worker: number): Promise<void> => {
    for (let order = orderOf(worker, crew.length, batch.rows); ; ) {
      const task = { ...shared, worker, order };
      let answer: Answer;
      try {
        answer = await slot.run(task, limits.timeoutMs);
      } catch (cause) {
        // The pass is over: nobody waits for what this worker was starting for.
        if (parts.size === count) return;
        const piece = shared.begun[worker]! < 0 ? order[0]! : shared.begun[worker]!;
        checkTries(piece, ++losses[piece]!, task, { limits, cause });
        order = takeBack(task, piece);
        continue;
      }
      for (const { piece, stats } of doneOf(answer, batch.rows)) parts.set(piece, stats);
      return;
    }
  };
  await new Promise<void>((resolve) => {
    const ends = crew.map(async (slot, worker) => {
      try {
        await serve(slot, worker);
      } catch (error) {
        failure ??= error;
        Atomics.store(batch.flag, 0, 1);
      }
      if (parts.size === count) resolve();
    });
    void Promise.all(ends).then(() => resolve());
  });
  if (failure !== undefined) throw failure;

  const inOrder = Array.from({ length: count }, (_, piece) => parts.get(piece)!);
  const sum = inOrder.slice(1).reduce<Tree>(addTrees, copyTree(inOrder[0]!));
  // What is handed on is not written again; and a worker that was given up may write on for a moment.
  if (!keep && losses.every((times) => times === 0)) limits.spare.push(inOrder);
  return { sum, parts: keep ? inOrder : null };
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
  { flag, rows }: Task,
  { limits, cause }: { limits: Limits; cause: unknown },
): void {
  if (times < limits.tries && Atomics.load(flag, 0) === 0) return;
  const often = times === 1 ? 'once' : `${times} times`;
  const { shard } = rows[piece]!;
  fail('core/threads', 'WORKER_LOST', `shard ${shard} lost its worker ${often} (${errorFrom(cause).message})`, cause);
}

/** After the loss of a worker its pieces may be done by all, except the one that it was on: that is its successor's, and comes first. */
function takeBack({ owners, begun, worker, order }: Task, first: number): number[] {
  begun[worker] = -1;
  for (const piece of order) if (piece !== first) Atomics.compareExchange(owners, piece, worker + 1, 0);
  return [first, ...order.filter((piece) => piece !== first)];
}

function doneOf(answer: Answer, rows: readonly RowPart[]): readonly { readonly piece: number; readonly stats: Tree }[] {
  if ('done' in answer) return answer.done;
  const { piece, code, message, stack } = answer.error;
  const cause = Object.assign(new Error(message), { stack });
  if (code !== 'TASK') throw new MixtentionError(code, message, { cause });
  const { shard } = rows[piece]!;
  throw new MixtentionError('TASK', `[core] threads: shard ${shard} failed: ${message}`, { cause });
}
