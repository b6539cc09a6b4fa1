/**
 * log 10⁻²⁰: small enough that no possible cell is touched, large enough that sums over a thousand columns keep their digits in float32.
 */
const LEAST_LOG = Math.log(1e-20);

/** log p, but −46.05 at least, so that 0·∞ never arises; NaN for p outside [0, 1]. */
export function clampedLog(p: number): number {
  return Math.max(LEAST_LOG, Math.log(p));
}
