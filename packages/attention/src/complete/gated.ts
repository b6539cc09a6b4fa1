import type { LinearTerm, Matrix, Scores } from '@mixtention/core';
import { identity, precisionOf } from '@mixtention/core/kernel';
import { softplus } from '../softplus.ts';
import type { Space } from '../space.ts';
import { logitsOf } from './chances.ts';
import type { Mask } from './observed-mask.ts';
import { temper } from './temper.ts';

/**
 * Keys of a binary mixture at full width, whose bias does not depend on the mask: the query alone carries it.
 *
 *     k_k = [log θ_k ; log(1 − θ_k)] `[2D]`     b_k = T log π_k
 *
 * @param logitScale  T, which queries have in their seen cells
 */
export function gatedScores(space: Space, logitScale = 1): Scores {
  const half = space.family.scores(space.params, space.logWeights);
  const logits = logitsOf(space);
  const { components: K, width: D } = space;
  const natural = new Float64Array(K * 2 * D);
  for (let k = 0; k < K; k++) {
    for (let d = 0; d < D; d++) {
      natural[k * 2 * D + d] = -softplus(-logits[k * D + d]!);
      natural[k * 2 * D + D + d] = -softplus(logits[k * D + d]!);
    }
  }
  const bias = space.logWeights.map((l) => logitScale * l);
  // The bias says nothing of the size of the terms here; that of the keys of half the width does.
  const precision = precisionOf(temper(half, Math.max(1, logitScale)));
  const term: LinearTerm = {
    form: 'linear',
    statistics: identity.none,
    columns: null,
    width: 2 * D,
    natural,
    precision,
  };
  return { components: K, bias, terms: [term] };
}

/** What the cells of a query count: nothing where they are hidden, T or 1 where they are seen; 1 where hidden cells are scored. */
export type CellWeights = { readonly seen: number; readonly hidden: number };

/**
 * Queries of partly seen binary rows.
 *
 *     q_n = [m_n∘x_n ; m_n∘(1 − x_n)]
 *
 * @param x  `[B, D]`
 * @param mask  m, `[N, D]`, or `[D]` where all rows share it
 * @param rows  which of the N rows the B are
 * @returns `[B, 2D]`
 */
export function gatedStatistics(
  x: Matrix,
  { cells, shared }: Mask,
  rows: Int32Array,
  weights: CellWeights = { seen: 1, hidden: 0 },
): Matrix {
  const D = x.cols;
  const data = new Float64Array(x.rows * 2 * D);
  for (let i = 0; i < x.rows; i++) {
    const mask = shared ? 0 : rows[i]! * D;
    for (let d = 0; d < D; d++) {
      const weight = cells[mask + d] === 0 ? weights.hidden : weights.seen;
      if (weight === 0) continue;
      const value = x.data[i * D + d]!;
      data[i * 2 * D + d] = weight * value;
      data[i * 2 * D + D + d] = weight * (1 - value);
    }
  }
  return { data, rows: x.rows, cols: 2 * D };
}
