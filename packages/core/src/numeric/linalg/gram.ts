/**
 * Product of the transpose of a lower triangular matrix with itself, along rows.
 *
 *     Wᵀ W;  with W = L⁻¹ the inverse of L Lᵀ
 *
 * @param lower  W, `[D, D]`; what lies above the diagonal is not read
 * @param d    D
 * @param out  receives WᵀW, `[D, D]`, symmetric to the last bit; not `lower` itself
 * @returns WᵀW
 *
 * Cost: D³/6 multiply–adds.
 *
 * @example
 * gram(Float64Array.of(2, 0, 1, 4), 2); // [5, 4, 4, 16]
 */
export function gram(lower: Float64Array, d: number, out: Float64Array = new Float64Array(d * d)): Float64Array {
  out.fill(0);
  for (let k = 0; k < d; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = lower[k * d + i]!;
      for (let j = 0; j <= i; j++) out[i * d + j]! += factor * lower[k * d + j]!;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) out[j * d + i] = out[i * d + j]!;
  return out;
}
