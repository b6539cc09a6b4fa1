import type { LinearScores, Matrix } from '@mixtention/core';
import type { Space } from '../space.ts';
import { logitsOf } from './chances.ts';

/**
 * Keys of a binary mixture at full width, whose bias does not depend on the mask: the query alone carries it.
 *
 *     k_k = [log θ_k ; log(1 − θ_k)] `[2D]`     b_k = log π_k
 */
export function gatedScores(space: Space): LinearScores {
  const logits = logitsOf(space);
  const { components: K, width: D } = space;
  const natural = new Float64Array(K * 2 * D);
  for (let k = 0; k < K; k++) {
    for (let d = 0; d < D; d++) {
      natural[k * 2 * D + d] = -softplus(-logits[k * D + d]!);
      natural[k * 2 * D + D + d] = -softplus(logits[k * D + d]!);
    }
  }
  return { form: 'linear', components: K, width: 2 * D, natural, bias: space.logWeights };
}

/**
 * Queries of partly seen binary rows.
 *
 *     q_n = [m_n∘x_n ; m_n∘(1 − x_n)]
 *
 * @param x  `[B, D]`
 * @param cells  m, `[N, D]`
 * @param rows  which of the N rows the B are
 * @returns `[B, 2D]`
 */
export function gatedStatistics(x: Matrix, cells: Uint8Array, rows: Int32Array): Matrix {
  const D = x.cols;
  const data = new Float64Array(x.rows * 2 * D);
  for (let i = 0; i < x.rows; i++) {
    for (let d = 0; d < D; d++) {
      if (cells[rows[i]! * D + d] === 0) continue;
      const value = x.data[i * D + d]!;
      data[i * 2 * D + d] = value;
      data[i * 2 * D + D + d] = 1 - value;
    }
  }
  return { data, rows: x.rows, cols: 2 * D };
}

/** log(1 + eˣ) */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
