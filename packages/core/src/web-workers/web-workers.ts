import { plain } from '../backends/plain.ts';
import { wasm } from '../backends/wasm.ts';
import { checkOptions, fail, lookUp, show } from '../base/errors.ts';
import type { Executor } from '../contracts/index.ts';
import { crewExecutor } from '../crew/index.ts';
import { type WorkerLike, webWorkerSlot } from './web-worker-slot.ts';

export type WebWorkersOptions = {
  /** Opens a worker of this page, whose script calls `serveWorker`. */
  readonly open: () => WorkerLike;
  /** How many (default: one per core). Results do not depend on it, bit for bit. */
  readonly workers?: number;
  /** `wasm` unless given */
  readonly backend?: 'wasm' | 'plain';
  /** A shard that takes longer costs its worker and is tried again (default ten minutes). */
  readonly timeoutMs?: number;
  /** How often a shard is tried when its worker is lost (default 3). */
  readonly tries?: number;
};

/**
 * An executor over workers of a page: passes, orders of sums and lost workers as on the threads of Node, and the same bits.
 *
 * Rows and statistics lie in shared memory, which pages have that are served with `Cross-Origin-Opener-Policy: same-origin` and
 * `Cross-Origin-Embedder-Policy: require-corp`.
 *
 * @throws BACKEND_UNAVAILABLE in a page without shared memory; BAD_OPTION for what the options should not hold. A pass throws as on `threads`
 *
 * @example
 * const open = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * const executor = webWorkers({ open, workers: 2 });
 * const { model } = await fit(faithful(), { components: 2, executor });
 * await executor.close();
 */
export function webWorkers(options: WebWorkersOptions): Executor {
  const where = 'core/webWorkers';
  checkOptions(where, options, ['open', 'workers', 'backend', 'timeoutMs', 'tries']);
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const { open, workers = cores, backend = 'wasm', timeoutMs = 600_000, tries = 3 } = options;
  if (typeof open !== 'function')
    fail(where, 'BAD_OPTION', `open is ${show(open)}, a function that opens a worker was due`);
  for (const [name, value] of Object.entries({ workers, timeoutMs, tries }))
    if (!Number.isSafeInteger(value) || value < 1)
      fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a whole number from 1 was due`);
  const make = lookUp(where, 'backend', backend, { wasm, plain: () => plain });
  if (typeof SharedArrayBuffer === 'undefined') {
    const due = 'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
    fail(where, 'BACKEND_UNAVAILABLE', `this page has no shared memory; it was due to be served with ${due}`);
  }
  return crewExecutor({
    where,
    backend: make(),
    workers,
    cores,
    openSlot: () => webWorkerSlot(open),
    locate: (spec) => spec,
    timeoutMs,
    tries,
  });
}
