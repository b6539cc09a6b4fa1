import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { addTrees, copyTree } from '../base/tree.ts';
import type { Tree } from '../contracts/index.ts';
import type { Answer, Task } from './protocol.ts';
import type { Slot } from './slot.ts';

/** What all tasks of a pass have in common. */
export type Batch = Pick<Task, 'backend' | 'algorithm' | 'spec' | 'state' | 'data' | 'tiles' | 'flag'>;

export type Limits = {
  readonly timeoutMs: number;
  readonly tries: number;
  /** Memory of statistics that were added: what those of later passes are written to. */
  readonly spare: Tree[][];
};

/**
 * One pass over all shards. Each worker gets one task: it takes shards of its own, then those that nobody has begun, and answers once.
 *
 * The main thread sleeps meanwhile: were it asked for every shard, it would take time from workers that fill the cores. It does not wait for a
 * worker that found nothing left to do, as one that is still starting.
 *
 * @returns the sum of all statistics, added in shard order
 */
export async function collectPass(slots: readonly Slot[], batch: Batch, limits: Limits): Promise<Tree> {
  const count = batch.data.cuts.length - 1;
  const crew = slots.slice(0, count);
  const into = limits.spare.pop() ?? [];
  const shared = {
    ...batch,
    into: Array.from({ length: count }, (_, shard) => into[shard] ?? null),
    owners: new Int32Array(new SharedArrayBuffer(4 * count)),
    begun: new Int32Array(new SharedArrayBuffer(4 * crew.length)).fill(-1),
    begunAt: new BigInt64Array(new SharedArrayBuffer(8 * crew.length)),
  };
  const losses = new Array<number>(count).fill(0);
  const parts = new Map<number, Tree>();
  let failure: unknown;

  const serve = async (slot: Slot, worker: number): Promise<void> => {
    for (let order = orderOf(worker, crew.length, count); ; ) {
      const task = { ...shared, worker, order };
      let answer: Answer;
      try {
        answer = await slot.run(task, limits.timeoutMs);
      } catch (cause) {
        // The pass is over: nobody waits for what this worker was starting for.
        if (parts.size === count) return;
        const shard = shared.begun[worker]! < 0 ? order[0]! : shared.begun[worker]!;
        checkTries(shard, ++losses[shard]!, task, { limits, cause });
        order = takeBack(task, shard);
        continue;
      }
      for (const { shard, stats } of partsOf(answer)) parts.set(shard, stats);
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

  const inOrder = Array.from({ length: count }, (_, shard) => parts.get(shard)!);
  const sum = inOrder.slice(1).reduce<Tree>(addTrees, copyTree(inOrder[0]!));
  // A worker that was given up may write on for a moment: its memory is not used again.
  if (losses.every((times) => times === 0)) limits.spare.push(inOrder);
  return sum;
}

/** Shards of its own first, as their tensors are kept there; then those of the others, the last ones first. */
function orderOf(worker: number, workers: number, count: number): number[] {
  const shards = Array.from({ length: count }, (_, shard) => shard);
  const isOwn = (shard: number): boolean => shard % workers === worker;
  return [...shards.filter(isOwn), ...shards.filter((shard) => !isOwn(shard)).reverse()];
}

function checkTries(
  shard: number,
  times: number,
  { flag }: Task,
  { limits, cause }: { limits: Limits; cause: unknown },
): void {
  if (times < limits.tries && Atomics.load(flag, 0) === 0) return;
  const often = times === 1 ? 'once' : `${times} times`;
  fail('core/threads', 'WORKER_LOST', `shard ${shard} lost its worker ${often} (${errorFrom(cause).message})`, cause);
}

/** After the loss of a worker its shards may be done by all, except the one that it was on: that is its successor's, and comes first. */
function takeBack({ owners, begun, worker, order }: Task, first: number): number[] {
  begun[worker] = -1;
  for (const shard of order) if (shard !== first) Atomics.compareExchange(owners, shard, worker + 1, 0);
  return [first, ...order.filter((shard) => shard !== first)];
}

function partsOf(answer: Answer): readonly { readonly shard: number; readonly stats: Tree }[] {
  if ('parts' in answer) return answer.parts;
  const { shard, code, message, stack } = answer.error;
  const cause = Object.assign(new Error(message), { stack });
  if (code !== 'TASK') throw new MixtentionError(code, message, { cause });
  throw new MixtentionError('TASK', `[core] threads: shard ${shard} failed: ${message}`, { cause });
}
