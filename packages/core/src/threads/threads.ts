import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { checkOptions, fail, show } from '../base/errors.ts';
import type { BackendName, Executor, Precision } from '../contracts/index.ts';
import { crewExecutor } from '../crew/index.ts';
import { backendIn } from '../loop/collect-part.ts';
import { loadBackend } from './load-backend.ts';
import { locate } from './locate.ts';

export type ThreadsOptions = {
  /** Worker threads (default: one per core). Results do not depend on it, bit for bit. */
  readonly workers?: number;
  readonly backend?: BackendName | 'auto';
  /** Of passes that ask for none: that of the backend unless given; float64 is the fused kernel's on every backend. */
  readonly precision?: Precision | undefined;
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
 * Cost of a pass on top of its work: one waking of each worker and of the main thread, which passes of less than 0.1 ms spare (who waits for them stays awake), and numbers copied to
 * shared memory and back; `npm run bench:steps` prints it. Rows are shared, not copied. Of the statistics of shards at most four a worker wait to be added,
 * or as many as 32 MiB hold, unless an algorithm asks for each.
 *
 * @example
 * const executor = await threads({ workers: 2 });
 * const { logLikelihood } = await fit(faithful(), { components: 2, executor }); // -1130.264
 * await executor.close();
 */
export async function threads(options: ThreadsOptions = {}): Promise<Executor> {
  checkOptions('core/threads', options, ['workers', 'backend', 'precision', 'timeoutMs', 'tries']);
  const {
    workers = availableParallelism(),
    backend: wanted = 'auto',
    precision,
    timeoutMs = 600_000,
    tries = 3,
  } = options;
  for (const [name, value] of Object.entries({ workers, timeoutMs, tries }))
    if (!Number.isSafeInteger(value) || value < 1)
      fail('core/threads', 'BAD_OPTION', `${name} is ${show(value)}, a whole number from 1 was due`);
  const { openSlot } = await loadSlots();
  // In the main thread first: see loadBackend.
  const own = await loadBackend(wanted);
  const filename = workerUrl();
  return crewExecutor({
    where: 'core/threads',
    backend: backendIn(precision ?? own.precision, own),
    workers,
    cores: availableParallelism(),
    openSlot: () => openSlot(filename),
    locate,
    timeoutMs,
    tries,
  });
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
