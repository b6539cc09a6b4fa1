import { fail } from '../base/errors.ts';
import type {
  Accumulated,
  AccumulateOptions,
  Accumulation,
  FillResponsibilities,
  RowBlock,
} from '../contracts/index.ts';
import { addGiven } from '../kernel/given-tile.ts';
import { sumsLength } from '../kernel/statistics.ts';
import { sumTile } from '../kernel/sum-tile.ts';

/** `accumulate` on float64 typed arrays, for tiles of so many rows. */
export function plainAccumulate(
  blocks: readonly RowBlock[],
  { components: K, stands }: Accumulation,
  fill: FillResponsibilities,
  { rowWeights, cancel }: AccumulateOptions,
  mostRows: number,
): Accumulated {
  const { rows } = blocks[0]!;
  const size = Math.min(rows, mostRows);
  const R = new Float64Array(size * K);
  const sums = stands.map(({ statistics }, t) => new Float64Array(sumsLength(statistics.squares, blocks[t]!.cols, K)));
  const total = { counts: new Float64Array(K), weight: 0, entropy: 0 };
  for (let start = 0; start < rows; start += size) {
    if (cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
    const count = Math.min(size, rows - start);
    const own = R.subarray(0, count * K).fill(0);
    fill(start, count, own);
    const w = rowWeights?.subarray(start, start + count) ?? null;
    addGiven(own, count, w, total);
    if (w !== null) for (let i = 0; i < own.length; i++) own[i]! *= w[Math.floor(i / K)]!;
    stands.forEach(({ statistics }, t) => {
      sumTile(blocks[t]!, statistics.squares, { start, count, R }, K, sums[t]!);
    });
  }
  return { ...total, sums, precision: 'float64' };
}
