import { type Float32Units, float32Units } from '../backends/float32-values.ts';
import type { Matrix } from '../contracts/index.ts';
import { type Block, reserve } from './blocks.ts';
import type { Tile } from './each-tile.ts';
import { columnsOf, type Machine, panelOf } from './machine.ts';
import { packPanels } from './panels.ts';
import type { Lines } from './term.ts';

/** Components whose part of a mean is summed in the precision of the machine */
const MIXED = 1024;

/** What of a mean stays, and what comes to it: `[count]` each. Null where all of it is new. */
export type Shares = { readonly stays: Float64Array; readonly comes: Float64Array } | null;

/** Values packed for `R·V` of tiles, in the memory of a machine. */
export type PackedValues = {
  readonly cols: number;
  readonly padded: number;
  /** Address of as many zeros */
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
  const zeros = machine.takeZeros(padded);
  const out = { at: machine.take(parts[0]!.layout.mostRows * padded * size), stride: padded * size };
  reserve(machine, rows, padded);
  const blocks = parts.map(({ from: first, layout: { components: K } }) => {
    const at = machine.take(padded * K * size);
    for (let from = 0; from < K; from += MIXED) {
      const shape = { rows: V, padded, length: Math.min(MIXED, K - from), panel: panelOf(machine) };
      const lines = { first: (first + from) * V, rowStep: 1, step: V };
      packPanels(machine.reals, at / size + padded * from, shape, data, { ...lines, ...units });
    }
    return at;
  });
  return { cols: V, padded, zeros, out, blocks };
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
  const units = machine.precision === 'float32' ? float32Units(values) : null;
  return { of: values, units, packed: values.cols === 0 ? null : packValues(machine, parts, values, units) };
}

/** `R·V` of tiles: written over the output, or put together with what is there. */
export function mixValues(
  machine: Machine,
  parts: readonly Block[],
  { cols: V, padded, zeros, out, blocks }: PackedValues,
): (tile: Tile, block: number, output: Float64Array, shares: Shares) => void {
  const { size, verbs } = machine;
  return ({ count, rows }, block, output, shares) => {
    const { L, components: K } = parts[block]!.layout;
    // Float32 sums go over so many components, and are added in float64.
    for (let k = 0; k < K; k += MIXED) {
      const own = Math.min(MIXED, K - k);
      const panels = blocks[block]! + padded * k * size;
      verbs.product(L.at + k * size, L.stride, rows, own, panels, padded, zeros, 0, out.at, out.stride);
      if (shares !== null) joinLines(machine, out, k === 0 ? shares : { ...shares, stays: null }, V, output);
      else putLines(machine, out, count, V, output, k > 0);
    }
  };
}

/** In place: `to = stays·to + comes·lines`, row by row; all of it stays where `stays` is null. */
function joinLines(
  { reals, size }: Machine,
  { at, stride }: Lines,
  { stays, comes }: { readonly stays: Float64Array | null; readonly comes: Float64Array },
  width: number,
  to: Float64Array,
): void {
  const [first, step] = [at / size, stride / size];
  for (let n = 0; n < comes.length; n++) {
    const [a, b] = [stays === null ? 1 : stays[n]!, comes[n]!];
    if (b === 0) continue;
    for (let i = n * width, v = first + n * step; i < (n + 1) * width; i++, v++) to[i] = a * to[i]! + b * reals[v]!;
  }
}

/** The first numbers of each line, packed: in place of what is there, or added to it. */
function putLines(
  { reals, size }: Machine,
  { at, stride }: Lines,
  count: number,
  width: number,
  to: Float64Array,
  isAdded: boolean,
): void {
  const [first, step] = [at / size, stride / size];
  if (!isAdded && step === width) to.set(reals.subarray(first, first + count * width));
  else if (!isAdded)
    for (let n = 0; n < count; n++) to.set(reals.subarray(first + n * step, first + n * step + width), n * width);
  else
    for (let n = 0, i = 0; n < count; n++)
      for (let v = first + n * step; v < first + n * step + width; v++, i++) to[i]! += reals[v]!;
}
