import { MixtentionError } from '../base/errors.ts';
import type { Backend, BackendName, PrecisionChoice, TensorBackendName } from '../contracts/index.ts';
import { plan } from '../plan/plan.ts';
import type { Problem } from '../plan/rates.ts';
import { float64 } from './float64.ts';
import { plain } from './plain.ts';
import { wasm } from './wasm.ts';

/**
 * The backend of a problem that needs nothing beside this package: the fused kernel, in float64 where the problem is small (see `plan`), or in what is asked for;
 * `plain` where there is no WebAssembly.
 *
 * @example
 * fusedFor({ rows: 272, components: 2, width: 6 }).precision; // 'float64'
 */
export function fusedFor(problem: Problem, precision: PrecisionChoice = 'auto'): Backend {
  try {
    return plan({ ...problem, backend: 'wasm', precision }).precision === 'float64' ? float64 : wasm();
  } catch (error) {
    if (error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE') return plain;
    throw error;
  }
}

/** Names of the backends, best first. */
export const backendNames: readonly BackendName[] = ['native', 'wasm', 'tfjs-node', 'tfjs-wasm', 'plain'];

/** Of those with tensors, best first. */
export const tensorBackendNames: readonly TensorBackendName[] = ['tfjs-node', 'tfjs-wasm'];
