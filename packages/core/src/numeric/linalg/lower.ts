/**
 * A lower triangular matrix with a positive diagonal from free numbers: its lower triangle, the diagonal exponentiated.
 *
 * @param free   `[D, D]`, what lies above the diagonal is not read
 * @returns `[D, D]`
 *
 * @example
 * lower(Float64Array.of(0, 0, 3, 0), 2); // [1, 0, 3, 1]
 */
export function lower(free: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) factor[i * width + j] = free[i * width + j]!;
    factor[i * width + i] = Math.exp(free[i * width + i]!);
  }
  return factor;
}

/**
 * The reverse of `lower`.
 *
 * @example
 * freeOf(Float64Array.of(1, 0, 3, 1), 2); // [0, 0, 3, 0]
 */
export function freeOf(factor: Float64Array, width: number): Float64Array {
  const free = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) free[i * width + j] = factor[i * width + j]!;
    free[i * width + i] = Math.log(factor[i * width + i]!);
  }
  return free;
}
