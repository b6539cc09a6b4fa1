import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadBackend } from '../backend/boot.ts';
import { errorFrom, fail, MixtentionError } from '../errors.ts';
import { addTrees, copyTree } from '../tree.ts';
import type { AnyAlgorithm, BackendName, Dataset, Executor, Spec, Tree } from '../types.ts';
import type { Answer, Task } from './protocol.ts';
import { shareTree } from './share-tree.ts';
import { openSlot, type Slot, TASKS_AHEAD } from './slot.ts';

export type ThreadsOptions = {
  /** Worker threads (default: one per core). Results do not depend on it, bit for bit. */
  readonly workers?: number;
  readonly backend?: BackendName | 'auto';
  /** A shard that takes longer costs its worker and is tried again (default ten minutes). */
  readonly timeoutMs?: number;
  /** How often a shard is tried when its worker is lost (default 3). */
  readonly tries?: number;
};

/**
 * Runs shards on Piscina worker threads and adds their statistics in shard order, in float64.
 *
 * Each worker has shards of its own, whose tensors it keeps, and takes over shards of slower ones when it is done. A worker that dies
 * costs the time of its shard: the shard is tried again. An abort stops between tiles and leaves the workers alive. A program that ends without
 * `close` is not kept waiting by them.
 *
 * @throws BACKEND_UNAVAILABLE, WORKER_LOST (with the shard), or the code that the algorithm threw in the worker
 *
 * Cost: 50–100 µs a shard on top of its work; rows and state are shared, not copied.
 *
 * @example
 * const executor = await threads({ workers: 2 });
 * const { model } = await fit(rows, { components: 10, executor });
 * await executor.close();
 */
export async function threads(options: ThreadsOptions = {}): Promise<Executor> {
  const { workers = availableParallelism(), backend: wanted = 'auto', timeoutMs = 600_000, tries = 3 } = options;
  if (!Number.isInteger(workers) || workers < 1)
    fail('core/threads', 'BAD_OPTION', `workers is ${workers}, a positive integer was due`);
  // In the main thread first: see loadBackend.
  const backend = await loadBackend(wanted);
  const filename = workerUrl();
  // Those that will surely have work start while the data are prepared; more of them once there are shards for them.
  const slots = range(0, Math.min(workers, availableParallelism())).map(() => openSlot(filename));
  const running = new Set<() => void>();
  let version = 0;
  /** Memory of answers that were added: what the next ones are written to. */
  const spare: Tree[] = [];
  let closed = false;

  return {
    backend: backend.name,
    precision: backend.precision,
    workers,
    async collect(algorithm: AnyAlgorithm, state: Tree, data: Dataset, { signal } = {}): Promise<Tree> {
      if (closed) fail('core/threads', 'BAD_OPTION', 'the executor was closed');
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const task = {
        backend: backend.name,
        spec: algorithm.spec,
        module: moduleUrl(algorithm.spec),
        version: ++version,
        state: shareTree(state),
        data,
        flag,
      };
      while (slots.length < Math.min(workers, data.cuts.length - 1)) slots.push(openSlot(filename));
      const stop = (): void => void Atomics.store(flag, 0, 1);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
      running.add(stop);
      try {
        return await collectAll(slots, task, { timeoutMs, tries, stop, spare });
      } catch (error) {
        // Whatever a stopped run ended with, this is why.
        if (signal?.aborted) fail('core/threads', 'ABORTED', 'the run was cancelled', signal.reason);
        if (closed) fail('core/threads', 'ABORTED', 'the executor was closed during the run', error);
        throw error;
      } finally {
        running.delete(stop);
        signal?.removeEventListener('abort', stop);
      }
    },
    async close(): Promise<void> {
      closed = true;
      for (const stop of running) stop();
      await Promise.all(slots.map((slot) => slot.close()));
    },
  };
}

type Batch = Omit<Task, 'shard' | 'into'>;
type Limits = { readonly timeoutMs: number; readonly tries: number; readonly stop: () => void; readonly spare: Tree[] };

/** Every worker serves shards of its own, then helps the one that has most left; sums are taken in shard order. */
async function collectAll(slots: readonly Slot[], batch: Batch, limits: Limits): Promise<Tree> {
  const count = batch.data.cuts.length - 1;
  // In turn, so that answers come in about the order in which they are added.
  const queues = slots.map((_, w) => range(0, count).filter((shard) => shard % slots.length === w));
  const sum = orderedSum(limits.spare);
  let failure: unknown;
  const serve = async (slot: Slot, own: number[]): Promise<void> => {
    while (failure === undefined) {
      const shard = own.shift() ?? longest(queues).pop();
      if (shard === undefined) return;
      try {
        sum.add(shard, await collectShard(slot, { ...batch, shard, into: limits.spare.pop() ?? null }, limits));
      } catch (error) {
        failure ??= error;
        limits.stop();
      }
    }
  };
  const lanes = range(0, slots.length * TASKS_AHEAD).map((lane) => lane % slots.length);
  await Promise.all(lanes.map((w) => serve(slots[w]!, queues[w]!)));
  if (failure !== undefined) throw failure;
  return sum.total();
}

async function collectShard(slot: Slot, task: Task, { timeoutMs, tries }: Limits): Promise<Tree> {
  for (let attempt = 1; ; attempt++) {
    let answer: Answer;
    try {
      answer = await slot.run(task, timeoutMs, attempt > 1);
    } catch (cause) {
      if (attempt < tries && Atomics.load(task.flag, 0) === 0) continue;
      const times = attempt === 1 ? 'once' : `${attempt} times`;
      return fail(
        'core/threads',
        'WORKER_LOST',
        `shard ${task.shard} lost its worker ${times} (${errorFrom(cause).message})`,
        cause,
      );
    }
    if ('stats' in answer) return answer.stats;
    const { code, message, stack } = answer.error;
    const cause = Object.assign(new Error(message), { stack });
    if (code !== 'TASK') throw new MixtentionError(code, message, { cause });
    throw new MixtentionError('TASK', `[core] threads: shard ${task.shard} failed: ${message}`, { cause });
  }
}

/** Adds trees in index order, as soon as the next one has come; what was added goes to `spare`. */
function orderedSum(spare: Tree[]): { add(index: number, tree: Tree): void; total(): Tree } {
  const waiting = new Map<number, Tree>();
  let sum: Tree;
  let next = 0;
  return {
    add(index, tree) {
      waiting.set(index, tree);
      for (; waiting.has(next); next++) {
        const term = waiting.get(next)!;
        sum = next === 0 ? copyTree(term) : addTrees(sum, term);
        spare.push(term);
        waiting.delete(next);
      }
    },
    total: () => sum,
  };
}

/** The built worker: also when the sources run, as in tests, since Node 20 cannot load TypeScript into a thread. */
function workerUrl(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/worker')).href;
}

/** Bare names are resolved from the file that wrote the spec, so that a package finds itself wherever it is installed. */
function moduleUrl({ module, from }: Spec): string {
  if (module.startsWith('file:')) return module;
  if (isAbsolute(module)) return pathToFileURL(module).href;
  return pathToFileURL(createRequire(from).resolve(module)).href;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function longest(queues: readonly number[][]): number[] {
  return queues.reduce((most, queue) => (queue.length > most.length ? queue : most));
}
