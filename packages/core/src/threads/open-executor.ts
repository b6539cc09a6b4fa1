import { availableParallelism } from 'node:os';
import { checkOptions } from '../base/errors.ts';
import type { Backend, BackendName, Executor, PrecisionChoice } from '../contracts/index.ts';
import { inline } from '../loop/inline.ts';
import { plan } from '../plan/plan.ts';
import type { Problem } from '../plan/rates.ts';
import { backendFor, loadBackend } from './load-backend.ts';
import { threads } from './threads.ts';

export type OpenOptions = {
  /** `auto`: the fastest that works, as `plan` orders them: native before wasm, tfjs-node between them where a problem is wide; of a small problem wasm. */
  readonly backend?: BackendName | 'auto';
  /** `auto`: one thread per core where that saves more than it costs, as `plan` predicts; 0 runs in this thread. */
  readonly workers?: number | 'auto';
  /** What is to be solved, for `auto` (see `problemOf` of `core/plan`). */
  readonly problem?: Problem;
  /** Of the fit: in `float32` a small problem gets an executor in it, too (default `auto`). */
  readonly precision?: PrecisionChoice;
};

/**
 * The executor that suits a problem and this machine.
 *
 * @throws BAD_OPTION, UNKNOWN_NAME for what the options should not hold; BACKEND_UNAVAILABLE when what is asked for does not work here
 *
 * @example
 * const executor = await openExecutor({ problem: { rows: 60_000, components: 100, width: 784 } });
 * await executor.close();
 */
export async function openExecutor(options: OpenOptions = {}): Promise<Executor> {
  checkOptions('core/openExecutor', options, ['backend', 'workers', 'problem', 'precision']);
  const { backend = 'auto', workers = 'auto', problem, precision } = options;
  const own = await (problem === undefined ? loadBackend(backend) : backendFor(problem, backend, precision));
  const count = workers === 'auto' ? workersFor(problem, own) : workers;
  return count === 0 ? inline(own) : threads({ workers: count, backend: own.name, precision: own.precision });
}

function workersFor(problem: Problem | undefined, { name, precision }: Backend): number {
  const cores = availableParallelism();
  return problem === undefined ? cores : plan({ ...problem, backend: name, precision, cores }).workers;
}
