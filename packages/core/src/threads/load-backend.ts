import { isSmall, type Problem } from '../backends/choose.ts';
import { plain } from '../backends/plain.ts';
import { lookUp, MixtentionError } from '../base/errors.ts';
import type { Backend, BackendName } from '../contracts/index.ts';
import { type BootOptions, loadNative, loadWasm } from './load-tfjs.ts';

export type { BootOptions } from './load-tfjs.ts';

/**
 * Loads a backend: `native` (tfjs-node), `wasm`, `plain`, or `auto`: the first of the three that works.
 *
 * Must run in the main thread before any worker loads the native addon: if only workers load it, libtensorflow is unmapped when the
 * last of them ends and its exit handler then crashes the process. The environment variable `MIXTENTION_BACKEND` stands in for `auto`,
 * and `MIXTENTION_NATIVE=off` makes the native backend unavailable.
 *
 * @throws BACKEND_UNAVAILABLE with the reason and what to do; UNKNOWN_NAME, BAD_OPTION for what the environment should not hold
 *
 * @example
 * const backend = await loadBackend('auto'); // backend.name is 'native', 'wasm' or 'plain'
 */
export async function loadBackend(name: BackendName | 'auto' = 'auto', options: BootOptions = {}): Promise<Backend> {
  const wanted = wantedBackend(name);
  if (wanted === 'plain') return plain;
  if (wanted !== 'auto') return loaded(wanted, options);
  return loaded('native', options)
    .catch(unavailable(() => loaded('wasm', options)))
    .catch(unavailable(async () => plain));
}

/**
 * The backend for one problem in this thread: what is asked for, here or by the environment; else plain where the problem is small, and the
 * best that works where it is not.
 *
 * @throws as `loadBackend`
 *
 * @example
 * const { name } = await backendFor({ rows: 272, components: 2, width: 4 }); // 'plain'
 */
export async function backendFor(problem: Problem, name: BackendName | 'auto' = 'auto'): Promise<Backend> {
  const wanted = wantedBackend(name);
  return wanted === 'auto' && isSmall(problem) ? plain : loadBackend(wanted);
}

/** What is asked for; `MIXTENTION_BACKEND` stands in for `auto`, and counts as not set when it is empty. */
export function wantedBackend(name: BackendName | 'auto'): BackendName | 'auto' {
  const set = name === 'auto' ? process.env.MIXTENTION_BACKEND : undefined;
  const known = { auto: 'auto', native: 'native', wasm: 'wasm', plain: 'plain' } as const;
  return lookUp('core/loadBackend', set ? 'MIXTENTION_BACKEND' : 'backend', set || name, known);
}

/** The next choice, unless something else is wrong than that the last one does not work here. */
function unavailable(next: () => Promise<Backend>): (error: unknown) => Promise<Backend> {
  return (error) => {
    if (error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE') return next();
    throw error;
  };
}

const loading = new Map<string, Promise<Backend>>();

function loaded(name: 'native' | 'wasm', options: BootOptions): Promise<Backend> {
  let promise = loading.get(name);
  if (promise === undefined) {
    promise = name === 'native' ? loadNative(options) : loadWasm();
    loading.set(name, promise);
  }
  return promise;
}
