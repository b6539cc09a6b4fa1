import { backendNames, tensorBackendNames } from '../backends/choose.ts';
import { MixtentionError } from '../base/errors.ts';
import type { Backend, BackendName } from '../contracts/index.ts';
import { loadBackend } from '../threads/load-backend.ts';

/**
 * Those of some backends that this machine has, best first: what a test runs on. native and tfjs-node alone may be missing, unless
 * `MIXTENTION_NATIVE=required` promises it.
 *
 * @throws BACKEND_UNAVAILABLE for a backend that should be there
 *
 * @example
 * const backends = await availableBackends(['wasm', 'plain']);
 * backends.map(({ name }) => name); // ['wasm', 'plain']
 */
export async function availableBackends(names: readonly BackendName[] = backendNames): Promise<readonly Backend[]> {
  const found: Backend[] = [];
  for (const name of backendNames.filter((name) => names.includes(name))) {
    try {
      found.push(await loadBackend(name));
    } catch (error) {
      const isMissing = error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE';
      const mayMiss = name === 'native' || name === 'tfjs-node';
      if (!isMissing || !mayMiss || process.env.MIXTENTION_NATIVE === 'required') throw error;
    }
  }
  return found;
}

/**
 * Those with tensors.
 *
 * @throws as `availableBackends`
 *
 * @example
 * const [first] = await availableTensorBackends();
 * first.precision; // 'float32'
 */
export const availableTensorBackends = (): Promise<readonly Backend[]> => availableBackends(tensorBackendNames);
