import type { BackendName } from '../contracts/index.ts';

/**
 * How many times as fast as plain a pass is, by its multiply–adds N·K·P: on one thread of an AMD EPYC with AVX2. The lower end is 3,000 × 8, K = 4, full;
 * the upper 60,000 × 32, K = 64, diagonal (full covariances, K = 16, gain 22 and 6 times). Between them the ratios grow as a power of the size.
 */
export const TIMES_PLAIN = {
  small: { work: 0.8e6, plain: 1, native: 1.2, wasm: 1.4 },
  large: { work: 245e6, plain: 1, native: 30, wasm: 9 },
} as const;

/** How many times as fast as plain a pass of so many multiply–adds is: along the straight line between two measurements, both in logarithms, no further than they reach. */
export function timesPlain(backend: BackendName, work: number): number {
  const { small, large } = TIMES_PLAIN;
  const along = Math.log(work / small.work) / Math.log(large.work / small.work);
  return small[backend] * (large[backend] / small[backend]) ** Math.max(0, Math.min(1, along));
}
