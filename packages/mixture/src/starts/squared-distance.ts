/**
 * ‖a − b‖² of two rows, given up as soon as it reaches `limit`.
 *
 * @returns the squared distance, or some number ≥ `limit` when it is at least that
 */
export function squaredDistance(
  a: ArrayLike<number>,
  atA: number,
  b: ArrayLike<number>,
  atB: number,
  width: number,
  limit: number,
): number {
  let sum = 0;
  let d = 0;
  // Whole blocks of 16 between looks at the limit: a look at every column would cost more than it saves.
  while (d < width && sum < limit) {
    const end = Math.min(width, d + 16);
    for (; d < end; d++) {
      const difference = a[atA + d]! - b[atB + d]!;
      sum += difference * difference;
    }
  }
  return sum;
}
