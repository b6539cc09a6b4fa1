import { MixtentionError } from '../base/errors.ts';
import type { Backend, BackendName, PrecisionChoice, TensorBackendName } from '../contracts/index.ts';
import { float64 } from './float64.ts';
import { plain } from './plain.ts';
import { wasm } from './wasm.ts';

/**
 * Below this many multiply–adds a pass (N·K·P) a problem is small: it stays in one thread, since a pass on threads costs 0.2 to 0.3 ms beside its work, and in
 * float64, which takes 1.1 to 1.7 times as long as float32 there and needs no finish. Measured, one thread: 272 × 4, K = 2 20 µs; 3,000 × 8, K = 4, full 0.26 ms.
 */
const SMALL_BELOW = 600_000;

/**
 * From this width of linear terms on products are nearly all of the work, and tfjs-node makes them twice as fast as WebAssembly; the native kernel is 1.3 (AVX2)
 * to 2.0 (AVX-512) times as fast as that (P = 784).
 */
const WIDE = 500;

export type Problem = {
  readonly rows: number;
  readonly components: number;
  /** P, or K·D² / K for whitened scores: statistic width of a row */
  readonly width: number;
};

/**
 * Whether a problem is so small that one thread in float64 is as fast as anything else.
 *
 * @example
 * isSmall({ rows: 272, components: 2, width: 6 }); // true
 */
export function isSmall({ rows, components, width }: Problem): boolean {
  return rows * components * width < SMALL_BELOW;
}

/**
 * The backend of a problem that needs nothing beside this package: the fused kernel, in float64 where the problem is small, or in what is asked for; `plain` where there is no WebAssembly.
 *
 * @example
 * fusedFor({ rows: 272, components: 2, width: 6 }).precision; // 'float64'
 */
export function fusedFor(problem: Problem, precision: PrecisionChoice = 'auto'): Backend {
  try {
    return precision === 'float64' || (precision === 'auto' && isSmall(problem)) ? float64 : wasm();
  } catch (error) {
    if (error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE') return plain;
    throw error;
  }
}

/** Names of the backends, best first. */
export const backendNames: readonly BackendName[] = ['native', 'wasm', 'tfjs-node', 'tfjs-wasm', 'plain'];

/** Of those with tensors, best first. */
export const tensorBackendNames: readonly TensorBackendName[] = ['tfjs-node', 'tfjs-wasm'];

/** Which backends `auto` tries, one after the other. A small problem gets the same one, and so the same bits, on every machine. */
export function autoOrder(problem: Problem | null): readonly BackendName[] {
  if (problem !== null && isSmall(problem)) return ['wasm', 'plain'];
  return problem !== null && problem.width >= WIDE
    ? ['native', 'tfjs-node', 'wasm', 'plain']
    : ['native', 'wasm', 'plain'];
}
