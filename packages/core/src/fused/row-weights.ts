import { weightUnit } from '../backends/weight-unit.ts';
import type { Tile } from './each-tile.ts';
import type { Room } from './layout.ts';
import type { Machine } from './machine.ts';

export type OpenWeights = {
  /** Before the first of rows whose sums are added together */
  begin(start: number, end: number): void;
  /** Weights of a tile, 0 for its padding */
  fill(tile: Tile): void;
  /** What the weights since `begin` are divided by */
  unit(): number;
};

/** Row weights of tiles: divided by a power of two where float32 could not hold them, or their products with rows. */
export function openWeights(
  machine: Machine,
  { weights, exactWeights }: Room,
  rowWeights: Float64Array | undefined,
): OpenWeights {
  const { size } = machine;
  const [at, exact] = [weights / size, exactWeights / 8];
  let unit = 1;
  let filled = 0;
  return {
    unit: () => unit,
    begin(start, end) {
      if (rowWeights !== undefined && size === 4) unit = weightUnit(rowWeights.subarray(start, end));
    },
    fill({ start, count, rows }) {
      if (rowWeights === undefined) {
        if (filled === count) return;
        machine.reals.fill(1, at, at + count);
        machine.doubles.fill(1, exact, exact + count);
        filled = count;
      } else {
        for (let n = 0; n < count; n++) {
          const w = rowWeights[start + n]!;
          machine.reals[at + n] = w / unit;
          machine.doubles[exact + n] = w;
        }
      }
      machine.reals.fill(0, at + count, at + rows);
      machine.doubles.fill(0, exact + count, exact + rows);
    },
  };
}
