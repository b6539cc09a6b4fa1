import { type MatrixLike, matrix } from '@mixtention/core';

/**
 * How many components share a row: the exponential of the entropy of its responsibilities.
 *
 *     exp H(r_n),  H(r_n) = −Σₖ r_nk log r_nk
 *
 * 1 when one component owns the row, K when all share it equally. A row that no component owns (all responsibilities 0) gets 0.
 *
 * @param responsibilities  R `[N, K]`, rows sum to 1
 * @returns `[N]`
 *
 * Cost: one logarithm a cell.
 *
 * @example
 * effectiveComponents([[0.5, 0.5], [1, 0]]); // Float64Array [2, 1]
 */
export function effectiveComponents(responsibilities: MatrixLike): Float64Array {
  const { data, rows, cols } = matrix(responsibilities, 'attention/effectiveComponents');
  const effective = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    let entropy = 0;
    let owned = false;
    for (let i = n * cols; i < (n + 1) * cols; i++) {
      const r = data[i]!;
      if (!(r > 0)) continue;
      entropy -= r * Math.log(r);
      owned = true;
    }
    effective[n] = owned ? Math.exp(entropy) : 0;
  }
  return effective;
}
