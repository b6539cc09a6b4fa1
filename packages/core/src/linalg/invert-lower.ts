/**
 * Inverse of a lower triangular matrix: the whitening matrix of a Cholesky factor.
 *
 *     W = L⁻¹;  then ‖W x‖² = xᵀ (L Lᵀ)⁻¹ x
 *
 * @param lower  L, `[D, D]`, with no 0 on its diagonal; what lies above the diagonal is not read
 * @param d    D
 * @param out  receives W, `[D, D]`, zeros above the diagonal; may be `lower` itself
 * @returns W
 *
 * Cost: D³/6 multiply–adds.
 * Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., sec. 3.1, column by column.
 *
 * @example
 * invertLower(Float64Array.of(2, 0, 1, 4), 2); // [0.5, 0, −0.125, 0.25]
 */
export function invertLower(lower: Float64Array, d: number, out: Float64Array = new Float64Array(d * d)): Float64Array {
  if (out !== lower) out.set(lower.subarray(0, d * d));
  for (let i = 0; i < d; i++) {
    const pivot = 1 / out[i * d + i]!;
    // Row i of L is used up left to right, just ahead of row i of W, which takes its place.
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += out[i * d + k]! * out[k * d + j]!;
      out[i * d + j] = -sum * pivot;
    }
    out[i * d + i] = pivot;
    out.fill(0, i * d + i + 1, (i + 1) * d);
  }
  return out;
}
