import { type Extremes, extremesOf, type Float32Units, float32Units } from '../backends/float32-values.ts';
import type { Matrix } from '../contracts/index.ts';
import { type Block, reserve } from './blocks.ts';
import type { Tile } from './each-tile.ts';
import { columnsOf, type Machine, packedOf, panelOf } from './machine.ts';
import { packPanels } from './pack-panels.ts';
import { pad } from './panels.ts';
import type { Lines } from './term.ts';

/** Components whose part of a mean is summed in the precision of the machine */
const MIXED = 1024;

/** By what the means of a tile so far are multiplied, and by what those that come: addresses of doubles `[count]`. */
export type Shares = { readonly stays: number; readonly comes: number };

/** Values packed for `R·V` of tiles, in the memory of a machine. */
export type PackedValues = {
  readonly cols: number;
  /** Columns that panels hold */
  readonly packed: number;
  /** Address of a line of zeros */
  readonly zeros: number;
  /** Room for the means of a tile */
  readonly out: Lines;
  /** Addresses of the values of each block */
  readonly blocks: readonly number[];
};

/** @param units  how they are moved and scaled on the way, see `float32Units` */
export function packValues(
  machine: Machine,
  parts: readonly Block[],
  { data, rows, cols: V }: Matrix,
  units: Float32Units | null = null,
): PackedValues {
  const { size } = machine;
  const padded = columnsOf(machine, V);
  const packed = packedOf(machine, V);
  const zeros = machine.takeZeros(padded);
  const out = { at: machine.take(parts[0]!.layout.mostRows * padded * size), stride: padded * size };
  reserve(machine, rows, packed);
  const blocks = parts.map(({ from: first, layout: { components: K } }) => {
    const at = machine.take(packed * K * size);
    for (let from = 0; from < K; from += MIXED) {
      const shape = { rows: V, packed, length: Math.min(MIXED, K - from), panel: panelOf(machine) };
      const lines = { first: (first + from) * V, rowStep: 1, step: V };
      packPanels(machine, at + packed * from * size, shape, data, { ...lines, ...units });
    }
    return at;
  });
  return { cols: V, packed, zeros, out, blocks };
}

/** Values that are read, as a machine keeps them from call to call. */
export type HeldValues = {
  /** The object that they came as, by which they are known */
  readonly of: Matrix;
  /** Far from 0 float32 values would lose their digits. */
  readonly units: Float32Units | null;
  readonly packed: PackedValues | null;
};

export function holdValues(machine: Machine, parts: readonly Block[], values: Matrix): HeldValues {
  const units = machine.precision === 'float32' ? float32Units(values, extremesOn(machine)) : null;
  return { of: values, units, packed: values.cols === 0 ? null : packValues(machine, parts, values, units) };
}

/** By the verb of a machine, where it has one. */
function extremesOn({ reach, verbs }: Machine): Extremes | undefined {
  if (reach === null || verbs.extremes === undefined) return undefined;
  return (values, least, greatest) => {
    const { data, rows, cols } = values;
    if (data instanceof Float64Array) verbs.extremes!(reach(data), rows, cols, reach(least), reach(greatest));
    else extremesOf(values, least, greatest);
  };
}

/** `R·V` of tiles, block by block. */
export type MixedValues = {
  /** Of the tile so far `[count, cols]`, in doubles */
  readonly means: Lines;
  /** Sets them to 0. */
  begin(count: number): void;
  /** `means = stays·means + comes·R·V` with R of a block in its `layout.L`; all of both without shares */
  add(tile: Tile, block: number, shares?: Shares): void;
};

export function mixValues(
  machine: Machine,
  parts: readonly Block[],
  { cols: V, packed, zeros, out, blocks }: PackedValues,
): MixedValues {
  const { size, verbs } = machine;
  const { mostRows } = parts[0]!.layout;
  const stride = pad(V) * 8;
  const means = { at: machine.take(mostRows * stride), stride };
  const ones = machine.take(mostRows * 8);
  machine.doubles.fill(1, ones / 8, ones / 8 + mostRows);
  return {
    means,
    begin(count) {
      machine.doubles.fill(0, means.at / 8, (means.at + count * stride) / 8);
    },
    add({ count, rows }, block, { stays, comes } = { stays: ones, comes: ones }) {
      const { L, components: K } = parts[block]!.layout;
      // Float32 sums go over so many components, and are added in float64.
      for (let k = 0; k < K; k += MIXED) {
        const own = Math.min(MIXED, K - k);
        const panels = blocks[block]! + packed * k * size;
        verbs.product(L.at + k * size, L.stride, rows, own, panels, packed, zeros, 0, out.at, out.stride);
        verbs.join(out.at, out.stride, count, V, k === 0 ? stays : ones, comes, means.at, stride);
      }
    },
  };
}

/** Writes means `[count, V]` in the units of the values; 0 for rows that have seen nothing. */
export function fillMeans(
  { doubles }: Machine,
  { means: { at, stride }, sums, units }: { means: Lines; sums: Float64Array; units: Float32Units | null },
  count: number,
  to: Float64Array,
): void {
  const V = to.length / count;
  for (let n = 0; n < count; n++) {
    if (sums[n] === 0) continue;
    const share = 1 / sums[n]!;
    const line = (at + n * stride) / 8;
    if (units === null) for (let v = 0; v < V; v++) to[n * V + v] = share * doubles[line + v]!;
    else for (let v = 0; v < V; v++) to[n * V + v] = units.center[v]! + units.unit[v]! * (share * doubles[line + v]!);
  }
}
