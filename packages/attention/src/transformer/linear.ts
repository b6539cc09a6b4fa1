import type { Backend, Matrix } from '@mixtention/core';
import { product } from '../product.ts';
import type { Float64Rows } from '../rows.ts';
import type { Linear } from './weights.ts';

/**
 * A linear map of rows on the backend, `x·wᵀ + b`.
 *
 * @returns `[N, out]`
 *
 * Cost: N·in·out multiply–adds.
 */
export function linear(x: Matrix, { weight, bias }: Linear, backend: Backend): Float64Rows {
  return product(x, weight, bias, backend);
}
