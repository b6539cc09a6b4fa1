import { errorFrom, fail } from '../base/errors.ts';
import type { Backend, Precision } from '../contracts/index.ts';
import { fusedBackend } from '../fused/fused.ts';

const opened = new Map<Precision, Backend>();

/**
 * The fused kernel of this thread, opened once in each precision.
 *
 * @throws BACKEND_UNAVAILABLE where the engine has no WebAssembly, no SIMD in it, or no memory for the module
 *
 * @example
 * const executor = inline(wasm());
 * const { backend } = await fit(faithful(), { components: 2, executor }); // 'wasm'
 */
export function wasm(precision: Precision = 'float32'): Backend {
  let backend = opened.get(precision);
  if (backend === undefined) {
    if (typeof WebAssembly === 'undefined') return refuse('this engine has no WebAssembly');
    try {
      backend = fusedBackend({ precision });
    } catch (cause) {
      if (!(cause instanceof WebAssembly.CompileError || cause instanceof RangeError)) throw cause;
      return refuse(errorFrom(cause).message, cause);
    }
    opened.set(precision, backend);
  }
  return backend;
}

function refuse(why: string, cause?: unknown): never {
  fail(
    'core/wasm',
    'BACKEND_UNAVAILABLE',
    `the kernel in WebAssembly does not load (${why}); use the plain backend`,
    cause,
  );
}
