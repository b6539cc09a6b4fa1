import { MixtentionError } from '../base/errors.ts';
import type { Backend, BackendName, Rows, Scores } from '../contracts/index.ts';
import { plain } from './plain.ts';
import { wasm } from './wasm.ts';

/**
 * Multiply–adds of a call, N·K·P, below which `plain` is faster: a call of the fused kernel costs some 30 µs beside its work. Measured, plain
 * against fused: 100 × 2, K = 3 (600) 36 and 56 µs; 272 × 2, K = 2, full (2,176) 35 and 46 µs; 272 × 4, K = 2 (2,176) 29 and 20 µs; 272 × 2,
 * K = 10 (5,440) 280 and 35 µs.
 */
const PLAIN_BELOW = 2000;

/**
 * The kernel in float64: fused in WebAssembly, on `plain` where a call is tiny or an engine has no SIMD or no memory for the module. What float32
 * backends without a float64 kernel of their own have their float64 passes made on.
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const rows = float64.take({ data: Float64Array.of(1, 1, 1, 0, 0, 0), rows: 3, cols: 2, stride: 2 });
 * const { counts } = float64.write([rows], scores); // [1.5, 1.5]
 */
export const float64: Backend = largerThanTiny('wasm', () => {
  try {
    return wasm('float64');
  } catch (error) {
    if (!(error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE')) throw error;
    return plain;
  }
});

/**
 * A backend itself where it is in float64, else what its float64 passes are made on: its own such kernel, or `float64`.
 *
 * @example
 * inFloat64(wasm()) === float64; // true
 */
export function inFloat64(backend: Backend): Backend {
  return backend.precision === 'float64' ? backend : (backend.exact ?? float64);
}

/**
 * Which builds of kernels the passes of a run on a backend are made on, in its own precision and in float64; undefined where there is one alone.
 *
 * @example
 * kernelOf(plain); // undefined
 * kernelOf(wasm()) === kernelOf(float64); // true: both of the same rounding
 */
export function kernelOf(backend: Backend): string | undefined {
  const builds = [backend, inFloat64(backend)].flatMap(({ kernel }) => kernel ?? []);
  return builds.length === 0 ? undefined : [...new Set(builds)].join(', ');
}

/** A fused kernel in float64, opened with the first call that is not tiny; tiny ones are made on `plain`. */
export function largerThanTiny(name: BackendName, open: () => Backend): Backend {
  let opened: Backend | null = null;
  const fused = (): Backend => (opened ??= open());
  // Both take rows as they are.
  const on = (rows: readonly Rows[], { components, terms }: Scores): Backend => {
    const width = terms.reduce(
      (sum, term) => sum + (term.form === 'linear' ? term.width : term.factor.length / components),
      0,
    );
    return (rows[0]?.rows ?? 0) * components * width < PLAIN_BELOW ? plain : fused();
  };
  return {
    name,
    get kernel() {
      return fused().kernel;
    },
    precision: 'float64',
    tf: null,
    take: (block) => fused().take(block),
    release: (rows) => fused().release(rows),
    write: (rows, scores, options) => on(rows, scores).write(rows, scores, options),
    read: (rows, scores, values, options) => on(rows, scores).read(rows, scores, values, options),
    backward: (rows, scores, ...rest) => on(rows, scores).backward(rows, scores, ...rest),
    score: (rows, scores, visit, options) => on(rows, scores).score(rows, scores, visit, options),
    accumulate: (rows, into, fill, options) => fused().accumulate(rows, into, fill, options),
  };
}
