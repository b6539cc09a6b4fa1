import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { checkOptions, fail, show } from '../base/errors.ts';
import { memoize } from '../base/memoize.ts';
import { textOf } from '../base/specs.ts';
import type { BackendName, Collected, Dataset, Executor, Tree } from '../contracts/index.ts';
import { tilesFor } from '../data/tiles.ts';
import { backendIn, partsAsked } from '../loop/collect-part.ts';
import { loadBackend } from './load-backend.ts';
import { locate } from './locate.ts';
import { collectPass } from './pass.ts';
import { runWhole } from './run-whole.ts';
import { shareTree } from './share-tree.ts';

/** Data of which every worker may keep all that it needs; larger ones are shared out. */
const MOST_CELLS = 2 ** 21;

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
 * Runs shards on Piscina worker threads and adds their statistics in the order that was asked for, in float64.
 *
 * Each worker has shards of its own, whose tensors it keeps, and takes over shards of slower ones when it is done. A worker that dies
 * costs the time of its shards in that pass: they are tried again. An abort stops between tiles and leaves the workers alive, unless one does not
 * obey for some seconds. A program that ends without `close` is not kept waiting by them.
 *
 * @throws BAD_OPTION for what the options should not hold; BACKEND_UNAVAILABLE, also where Piscina is not installed. A pass throws WORKER_LOST (with
 * the shard), ABORTED, or the code that the algorithm threw in the worker
 *
 * Cost: 0.2–0.3 ms a pass on top of its work; rows and state are shared, not copied. Of the statistics of shards at most four a worker wait to be added,
 * or as many as 32 MiB hold, unless an algorithm asks for each.
 *
 * @example
 * const executor = await threads({ workers: 2 });
 * const { model } = await fit(faithful(), { components: 2, executor });
 * await executor.close();
 */
export async function threads(options: ThreadsOptions = {}): Promise<Executor> {
  checkOptions('core/threads', options, ['workers', 'backend', 'timeoutMs', 'tries']);
  const { workers = availableParallelism(), backend: wanted = 'auto', timeoutMs = 600_000, tries = 3 } = options;
  for (const [name, value] of Object.entries({ workers, timeoutMs, tries }))
    if (!Number.isSafeInteger(value) || value < 1)
      fail('core/threads', 'BAD_OPTION', `${name} is ${show(value)}, a whole number from 1 was due`);
  const { openSlot } = await loadSlots();
  // In the main thread first: see loadBackend.
  const backend = await loadBackend(wanted);
  const filename = workerUrl();
  // Those that will surely have work start while the data are prepared; more of them once there are shards for them.
  const slots = range(0, Math.min(workers, availableParallelism())).map(() => openSlot(filename));
  const running = new Set<() => void>();
  /** Slots that make whole runs. */
  const busy = new Set<number>();
  const spare: Tree[] = [];
  let closing: Promise<void> | null = null;

  return {
    backend: backend.name,
    precision: backend.precision,
    workers,
    async collect(algorithm, ask, data, { precision = backend.precision, signal } = {}): Promise<Collected> {
      if (closing !== null) fail('core/threads', 'BAD_OPTION', 'the executor was closed');
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const rows = partsAsked(ask, data);
      const spec = locatedOnce(algorithm.spec);
      const batch = {
        backend: backend.name,
        precision: ask.precision ?? precision,
        algorithm: textOf(spec),
        spec,
        message: shareTree(ask.message),
        data: located(data),
        tiles: tilesFor(data, backendIn(ask.precision ?? precision, backend)),
        rows,
        flag,
      };
      while (slots.length < Math.min(workers, rows.length)) slots.push(openSlot(filename));
      const stop = (): void => void Atomics.store(flag, 0, 1);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
      running.add(stop);
      try {
        return await collectPass(slots, batch, { timeoutMs, tries, spare, keep: ask.parts === true });
      } catch (error) {
        // Whatever a stopped run ended with, this is why.
        if (signal?.aborted) fail('core/threads', 'ABORTED', 'the run was cancelled', signal.reason);
        if (closing !== null) fail('core/threads', 'ABORTED', 'the executor was closed during the run', error);
        throw error;
      } finally {
        running.delete(stop);
        signal?.removeEventListener('abort', stop);
      }
    },
    starts: {
      atOnce: ({ rows, width, source }) => (source.kind === 'memory' && rows * width <= MOST_CELLS ? workers : 1),
      async run(algorithm, data, { signal, ...options }): Promise<void> {
        if (closing !== null) fail('core/threads', 'BAD_OPTION', 'the executor was closed');
        const flag = new Int32Array(new SharedArrayBuffer(4));
        const spec = locatedOnce(algorithm.spec);
        const tiles = tilesFor(data, backend);
        const whole = { backend: backend.name, algorithm: textOf(spec), spec, data, tiles, flag };
        let own = slots.findIndex((_, i) => !busy.has(i));
        if (own < 0) own = slots.push(openSlot(filename)) - 1;
        busy.add(own);
        const stop = (): void => void Atomics.store(flag, 0, 1);
        if (signal?.aborted) stop();
        signal?.addEventListener('abort', stop, { once: true });
        running.add(stop);
        try {
          await runWhole(slots[own]!, whole, { ...options, timeoutMs, tries });
        } catch (error) {
          if (signal?.aborted) fail('core/threads', 'ABORTED', 'the run was cancelled', signal.reason);
          if (closing !== null) fail('core/threads', 'ABORTED', 'the executor was closed during the run', error);
          throw error;
        } finally {
          busy.delete(own);
          running.delete(stop);
          signal?.removeEventListener('abort', stop);
        }
      },
    },
    close(): Promise<void> {
      for (const stop of running) stop();
      return (closing ??= Promise.all(slots.map((slot) => slot.close())).then(() => {}));
    },
  };
}

const locatedOnce = memoize(locate);

/** Workers find the module that reads the rows, where they do not lie in memory. */
function located(data: Dataset): Dataset {
  const { source } = data;
  return source.kind === 'memory' ? data : { ...data, source: { ...source, spec: locatedOnce(source.spec) } };
}

/** Piscina is loaded by those alone who ask for threads. */
async function loadSlots(): Promise<typeof import('./slot.ts')> {
  try {
    return await import('./slot.ts');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const message = 'worker threads need the package piscina: install it with "npm install piscina@5"';
    return fail('core/threads', 'BACKEND_UNAVAILABLE', message, cause);
  }
}

/** The built worker: also when the sources run, as in tests, since Node 20 cannot load TypeScript into a thread. */
function workerUrl(): string {
  const home = pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
  return new URL('dist/worker-entry.cjs', home).href;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
