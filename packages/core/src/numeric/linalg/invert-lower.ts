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
 * Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., sec. 3.1, row by row.
 *
 * @example
 * invertLower(Float64Array.of(2, 0, 1, 4), 2); // [0.5, 0, −0.125, 0.25]
 */
export function invertLower(lower: Float64Array, d: number, out: Float64Array = new Float64Array(d * d)): Float64Array {
  const own = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    own.set(lower.subarray(i * d, i * d + i + 1));
    const row = out.subarray(i * d, (i + 1) * d).fill(0);
    // Row i of W from the rows above it, along memory: W_i = (e_i − Σ_j L_ij W_j) / L_ii.
    for (let j = 0; j < i; j++) {
      const factor = own[j]!;
      for (let k = 0; k <= j; k++) row[k]! -= factor * out[j * d + k]!;
    }
    const pivot = 1 / own[i]!;
    for (let k = 0; k < i; k++) row[k]! *= pivot;
    row[i] = pivot;
  }
  return out;
}
