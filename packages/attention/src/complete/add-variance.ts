import type { Matrix } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import type { OutputVariance } from '../attend/variance.ts';
import { type Space, toSpace } from '../space.ts';
import type { MaskGroup } from './observed-mask.ts';
import type { Spread } from './spread.ts';

/** Variances of N rows, all 0 to begin with: seen cells leave nothing open. */
export function noVariance(rows: number, cols: number): OutputVariance {
  const make = (): Matrix => ({ data: new Float64Array(rows * cols), rows, cols });
  return { total: make(), within: make(), between: make() };
}

/**
 * What is left open of hidden cells once the seen ones are known, by the law of total variance.
 *
 *     within_j = Σₖ r_k Var[x_j | x_O, k]     between_j = Σₖ r_k (E[x_j | x_O, k] − E[x_j | x_O])²     total = within + between
 *
 * @param completed  rows in user space, `[N, D]`
 * @param responsibilities  `[N, K]`
 *
 * Cost: N·K·|M|.
 */
export function addVariance(
  { rows, hidden }: MaskGroup,
  { meanOf, variances }: Spread,
  { space, completed, responsibilities }: Read,
  into: OutputVariance,
): void {
  const { components: K, width: D, transform } = space;
  const H = hidden.length;
  const seen = toSpace(takeRows(completed, rows), space).data;
  rows.forEach((n, i) => {
    const row = Float64Array.from(seen.subarray(i * D, (i + 1) * D));
    const r = responsibilities.data.subarray(n * K, (n + 1) * K);
    const shares = Array.from(r, (share, k) => ({ share, k })).filter(({ share }) => share > 0);
    const means = shares.map(({ k }) => meanOf(row, k));
    for (let h = 0; h < H; h++) {
      let mean = 0;
      shares.forEach(({ share }, s) => {
        mean += share * means[s]![h]!;
      });
      let within = 0;
      let between = 0;
      shares.forEach(({ share, k }, s) => {
        within += share * variances[k * H + h]!;
        between += share * (means[s]![h]! - mean) ** 2;
      });
      const square = transform.scale[hidden[h]!]! ** 2;
      const cell = n * D + hidden[h]!;
      into.within.data[cell] = square * within;
      into.between.data[cell] = square * between;
      into.total.data[cell] = square * (within + between);
    }
  });
}

type Read = { readonly space: Space; readonly completed: Matrix; readonly responsibilities: Matrix };
