/**
 * Solves a lower triangular system, or its transpose, for one or many right-hand sides.
 *
 *     L X = B,  or  Lᵀ X = B  under `adjoint`
 *
 * A diagonal entry of 0 gives infinities or NaN, as division does.
 *
 * @param lower  L, `[D, D]`; what lies above the diagonal is not read
 * @param d      D
 * @param rhs    B, `[D, M]`: right-hand sides are columns
 * @param options  `columns` is M (1 by default); `adjoint` solves with Lᵀ; `out` receives X and may be `rhs` itself
 * @returns X, `[D, M]`
 *
 * Cost: M·D²/2 multiply–adds, along rows.
 * Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., sec. 3.1.
 *
 * @example
 * triangularSolve(Float64Array.of(2, 0, 1, 4), 2, Float64Array.of(2, 9)); // [1, 2]
 */
export function triangularSolve(
  lower: Float64Array,
  d: number,
  rhs: Float64Array,
  options: { readonly columns?: number; readonly adjoint?: boolean; readonly out?: Float64Array } = {},
): Float64Array {
  const { columns = 1, adjoint = false, out = new Float64Array(d * columns) } = options;
  if (out !== rhs) out.set(rhs.subarray(0, d * columns));
  for (let step = 0; step < d; step++) {
    const i = adjoint ? d - 1 - step : step;
    for (let done = 0; done < step; done++) {
      const j = adjoint ? d - 1 - done : done;
      subtractRow(out, columns, i, j, adjoint ? lower[j * d + i]! : lower[i * d + j]!);
    }
    const pivot = lower[i * d + i]!;
    for (let m = i * columns; m < (i + 1) * columns; m++) out[m] = out[m]! / pivot;
  }
  return out;
}

/** X_i ← X_i − factor · X_j */
function subtractRow(x: Float64Array, columns: number, i: number, j: number, factor: number): void {
  for (let m = 0; m < columns; m++) x[i * columns + m]! -= factor * x[j * columns + m]!;
}
