import type { Matrix } from '@mixtention/core';

/**
 * The mean over rows of `log Σₖ exp(b_pk + e_k)`, and its gradient by e: the mean prior of each key.
 *
 * Cost: one exponential a cell.
 */
export function priorMass({ data: b, rows, cols: K }: Matrix, e: Float64Array, shares: Float64Array): number {
  shares.fill(0);
  const terms = new Float64Array(K);
  let mean = 0;
  for (let p = 0; p < rows; p++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) {
      terms[k] = b[p * K + k]! + e[k]!;
      if (terms[k]! > top) top = terms[k]!;
    }
    // A query that sees nothing says nothing of the gauge.
    if (top === Number.NEGATIVE_INFINITY) continue;
    let total = 0;
    for (let k = 0; k < K; k++) total += terms[k] = Math.exp(terms[k]! - top);
    for (let k = 0; k < K; k++) shares[k]! += terms[k]! / (total * rows);
    mean += (top + Math.log(total)) / rows;
  }
  return mean;
}
