/**
 * How tests judge samples: distances in standard errors, and chi-square statistics with their limits.
 * Seeds are fixed, so a sample that passes today passes for ever.
 */

/**
 * Distance of the mean of some draws from what it should be, in standard errors of that mean.
 *
 * @example
 * standardErrors([1, 2, 3], 2); // 0
 */
export function standardErrors(draws: ArrayLike<number>, expected: number): number {
  const n = draws.length;
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const step = draws[i]! - mean;
    mean += step / (i + 1);
    squares += step * (draws[i]! - mean);
  }
  return Math.abs(mean - expected) / Math.sqrt(squares / (n - 1) / n);
}

/**
 * Pearson's statistic of counts against proportions (equal ones by default).
 *
 * @example
 * chiSquareOf([10, 10]); // 0
 */
export function chiSquareOf(counts: ArrayLike<number>, proportions?: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  return Array.from(counts).reduce((sum, count, k) => {
    const expected = total * (proportions ? proportions[k]! : 1 / counts.length);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

/**
 * What a chi-square variate exceeds with probability 1e-4 (3.719 is that quantile of the normal), by Wilson & Hilferty (1931).
 *
 * @example
 * chiSquareLimit(0); // 0: nothing is free
 */
export function chiSquareLimit(degrees: number): number {
  if (degrees === 0) return 0;
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3;
}
