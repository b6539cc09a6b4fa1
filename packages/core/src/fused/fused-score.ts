import type { KernelOptions, RowBlock, ScoreVisit } from '../contracts/index.ts';
import { scoredAsPlain } from './as-plain.ts';
import { eachTile } from './each-tile.ts';
import type { Layout } from './layout.ts';
import type { Machine } from './machine.ts';

/** Scores themselves, a tile at a time: copies, since the memory of the machine moves when it grows. */
export function score(
  machine: Machine,
  layout: Layout,
  blocks: readonly RowBlock[],
  visit: ScoreVisit,
  options: KernelOptions,
): void {
  const { L, components: K, mostRows, padded, top, sum } = layout;
  const { size, verbs } = machine;
  const out = machine.precision === 'float32' ? new Float32Array(mostRows * K) : new Float64Array(mostRows * K);
  eachTile(
    machine,
    layout,
    blocks,
    options,
    ({ start, count, rows }) => {
      for (let n = 0; n < count; n++) {
        const line = (L.at + n * L.stride) / size;
        out.set(machine.reals.subarray(line, line + K), n * K);
      }
      const tile = out.subarray(0, count * K);
      // To sum exponentials takes less than to look at each score.
      verbs.exponentials(L.at, L.stride, rows, padded, top, sum);
      const sums = machine.reals.subarray(sum / size, sum / size + count);
      scoredAsPlain(tile, sums, start, blocks, layout.scores, options);
      visit(start, count, tile);
    },
    false,
  );
}
