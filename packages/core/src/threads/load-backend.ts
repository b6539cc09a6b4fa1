import { backendNames, fusedFor } from '../backends/choose.ts';
import { plain } from '../backends/plain.ts';
import { wasm } from '../backends/wasm.ts';
import { lookUp, MixtentionError } from '../base/errors.ts';
import type { Backend, BackendName, PrecisionChoice } from '../contracts/index.ts';
import { plan } from '../plan/plan.ts';
import type { Problem } from '../plan/rates.ts';
import { loadNative } from './load-addon.ts';
import { type BootOptions, loadTfjsNode, loadTfjsWasm } from './load-tfjs.ts';

export type { BootOptions } from './load-tfjs.ts';

/**
 * Loads a backend: `native` and `wasm` (the fused kernel, compiled and in WebAssembly), `tfjs-node`, `tfjs-wasm`, `plain`, or `auto`: the first of `native`, `wasm` and
 * `plain` that works.
 *
 * Must run in the main thread before any worker loads tfjs-node: if only workers load it, libtensorflow is unmapped when the
 * last of them ends and its exit handler then crashes the process. The environment variable `MIXTENTION_BACKEND` stands in for `auto`,
 * and `MIXTENTION_NATIVE=off` makes native and tfjs-node unavailable.
 *
 * @throws BACKEND_UNAVAILABLE with the reason and what to do; UNKNOWN_NAME, BAD_OPTION for what the environment should not hold
 *
 * @example
 * const backend = await loadBackend('auto'); // backend.name is 'native', 'wasm' or 'plain'
 * (await loadBackend('plain')).name; // 'plain'
 */
export async function loadBackend(name: BackendName | 'auto' = 'auto', options: BootOptions = {}): Promise<Backend> {
  const wanted = wantedBackend(name);
  return firstOf(wanted === 'auto' ? ['native', 'wasm', 'plain'] : [wanted], options);
}

/**
 * The backend for one problem in this thread: what is asked for, here or by the environment; else the fastest that works, as `plan` orders them. On `wasm` a small
 * problem is solved in float64, unless float32 is asked for.
 *
 * @throws as `loadBackend`
 *
 * @example
 * const { name, precision } = await backendFor({ rows: 272, components: 2, width: 4 });
 * [name, precision]; // ['wasm', 'float64']
 */
export async function backendFor(
  problem: Problem,
  name: BackendName | 'auto' = 'auto',
  precision: PrecisionChoice = 'auto',
): Promise<Backend> {
  const wanted = wantedBackend(name);
  const { candidates } = plan({ ...problem, backend: wanted, installed: backendNames, precision });
  const backend = await firstOf(candidates.map((one) => one.backend));
  return backend.name === 'wasm' ? fusedFor(problem, precision) : backend;
}

/** What is asked for; `MIXTENTION_BACKEND` stands in for `auto`, and counts as not set when it is empty. */
export function wantedBackend(name: BackendName | 'auto'): BackendName | 'auto' {
  const set = name === 'auto' ? process.env.MIXTENTION_BACKEND : undefined;
  const known = Object.fromEntries(['auto', ...backendNames].map((one) => [one, one]));
  return lookUp('core/loadBackend', set ? 'MIXTENTION_BACKEND' : 'backend', set || name, known) as BackendName | 'auto';
}

/** The first that works here; something else that is wrong is never replaced by the next one. */
async function firstOf(order: readonly BackendName[], options: BootOptions = {}): Promise<Backend> {
  const [name, ...others] = order;
  try {
    return await loaded(name!, options);
  } catch (error) {
    const isMissing = error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE';
    if (!isMissing || others.length === 0) throw error;
    return firstOf(others, options);
  }
}

const loading = new Map<BackendName, Promise<Backend>>();

function loaded(name: BackendName, options: BootOptions): Promise<Backend> {
  let promise = loading.get(name);
  if (promise === undefined) loading.set(name, (promise = loaders[name](options)));
  return promise;
}

const loaders: { readonly [name in BackendName]: (options: BootOptions) => Promise<Backend> } = {
  native: async () => loadNative(),
  wasm: async () => wasm(),
  'tfjs-node': loadTfjsNode,
  'tfjs-wasm': loadTfjsWasm,
  plain: async () => plain,
};
