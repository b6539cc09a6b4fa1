import { errorFrom, fail } from '../base/errors.ts';
import type { Backend, Precision } from '../contracts/index.ts';
import { fusedBackend } from '../fused/fused.ts';

const opened = new Map<Precision, Backend>();

/**
 * The fused kernel of this thread, opened once in each precision.
 *
 * @throws BACKEND_UNAVAILABLE where the engine has no SIMD, or no memory for the module
 *
 * @example
 * const executor = inline(wasm());
 * const { backend } = await fit(faithful(), { components: 2, executor }); // 'wasm'
 */
export function wasm(precision: Precision = 'float32'): Backend {
  let backend = opened.get(precision);
  if (backend === undefined) {
    try {
      backend = fusedBackend({ precision });
    } catch (cause) {
      if (!(cause instanceof WebAssembly.CompileError || cause instanceof RangeError)) throw cause;
      const reason = `the kernel in WebAssembly does not load (${errorFrom(cause).message}); use the plain backend`;
      return fail('core/wasm', 'BACKEND_UNAVAILABLE', reason, cause);
    }
    opened.set(precision, backend);
  }
  return backend;
}
