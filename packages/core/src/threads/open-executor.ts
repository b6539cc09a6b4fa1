import { availableParallelism } from 'node:os';
import { isSmall, type Problem } from '../backends/choose.ts';
import { checkOptions } from '../base/errors.ts';
import type { BackendName, Executor, PrecisionChoice } from '../contracts/index.ts';
import { inline } from '../loop/inline.ts';
import { backendFor, loadBackend } from './load-backend.ts';
import { threads } from './threads.ts';

export type OpenOptions = {
  /** `auto`: native; where it does not work tfjs-node for wide problems (P from 500), wasm for others; wasm for small ones. */
  readonly backend?: BackendName | 'auto';
  /** `auto`: one thread per core for a large problem, none for a small one; 0 runs in this thread. */
  readonly workers?: number | 'auto';
  /** What is to be solved, so that `auto` can tell small from large. */
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
  const isEasy = problem !== undefined && isSmall(problem);
  const count = workers === 'auto' ? (isEasy ? 0 : availableParallelism()) : workers;
  const own = await (problem === undefined ? loadBackend(backend) : backendFor(problem, backend, precision));
  return count === 0 ? inline(own) : threads({ workers: count, backend: own.name, precision: own.precision });
}
