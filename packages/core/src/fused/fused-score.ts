import type { KernelOptions, RowBlock, ScoreVisit } from '../contracts/index.ts';
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
  const { L, components: K, mostRows } = layout;
  const { size } = machine;
  const out = machine.precision === 'float32' ? new Float32Array(mostRows * K) : new Float64Array(mostRows * K);
  eachTile(
    machine,
    layout,
    blocks,
    options,
    ({ start, count }) => {
      for (let n = 0; n < count; n++) {
        const line = (L.at + n * L.stride) / size;
        out.set(machine.reals.subarray(line, line + K), n * K);
      }
      visit(start, count, out.subarray(0, count * K));
    },
    false,
  );
}
