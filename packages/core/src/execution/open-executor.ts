import { availableParallelism } from 'node:os';
import { loadBackend } from '../backend/boot.ts';
import { isSmall, type Problem } from '../backend/choose.ts';
import { plain } from '../backend/plain.ts';
import type { BackendName, Executor } from '../types.ts';
import { inline } from './inline.ts';
import { threads } from './threads.ts';

export type OpenOptions = {
  /** `auto`: plain for a small problem, else native, wasm, plain, whichever works first. */
  readonly backend?: BackendName | 'auto';
  /** `auto`: one thread per core for a large problem, none for a small one; 0 runs in this thread. */
  readonly workers?: number | 'auto';
  /** What is to be solved, so that `auto` can tell small from large. */
  readonly problem?: Problem;
};

/**
 * The executor that suits a problem and this machine.
 *
 * @example
 * const executor = await openExecutor({ problem: { rows: 60_000, components: 100, width: 784 } });
 */
export async function openExecutor(options: OpenOptions = {}): Promise<Executor> {
  const { backend = 'auto', workers = 'auto', problem } = options;
  const small = problem !== undefined && isSmall(problem);
  const asked = backend !== 'auto' || process.env.MIXTENTION_BACKEND !== undefined;
  if (small && (workers === 'auto' || workers === 0)) return inline(asked ? await loadBackend(backend) : plain);
  const count = workers === 'auto' ? availableParallelism() : workers;
  return count === 0 ? inline(await loadBackend(backend)) : threads({ workers: count, backend });
}
