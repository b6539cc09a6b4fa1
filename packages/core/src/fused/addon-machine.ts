import type { Precision } from '../contracts/index.ts';
import { type Machine, openMachine, type TileSize, type Verbs, type View } from './machine.ts';

/** Sets of instructions that the addon is compiled for, best first. */
export const instructionSets = ['avx512', 'avx2', 'portable'] as const;
export type InstructionSet = (typeof instructionSets)[number];

/** What verbs take and the addon exports, as `packages/native/src/kernel/verbs.h` numbers it. */
export const FORMAT = 5;

/** What the native addon exports (`packages/native/src/kernel/addon.cc`). */
export type Addon = {
  /** See `FORMAT` */
  readonly format: number;
  /** Names of verbs, by their numbers */
  readonly verbs: readonly (keyof Verbs)[];
  /** Bytes of a vector of each set that this processor has */
  readonly sets: { readonly [name in InstructionSet]?: number };
  /** Verbs of one precision, which find the address of their memory, then what they are called with, in `values`: a function that runs one. */
  open(set: InstructionSet, isDouble: boolean, values: Float64Array): (verb: number) => void;
  /** Where numbers lie */
  addressOf(data: Float32Array | Float64Array | Uint8Array): number;
};

/** The second level of cache holds a tile, the first its rows by turns. Blocks of components are of as many bytes in both precisions. */
const TILES: { readonly [precision in Precision]: TileSize } = {
  float32: { bytes: 196_608, least: 192, most: 768, components: 1024 },
  float64: { bytes: 196_608, least: 192, most: 768, components: 512 },
};
const LINE = 64;
const LEAST_BYTES = 2 ** 18;
const MOST_ARGUMENTS = 16;

/** A machine of the native addon. Rows are read where they lie. */
export function openAddonMachine(addon: Addon, set: InstructionSet, precision: Precision): Machine {
  const values = new Float64Array(MOST_ARGUMENTS);
  const vector = addon.sets[set]!;
  let view = allocate(addon, LEAST_BYTES);
  values[0] = view.address;
  return openMachine({
    precision,
    verbs: verbsOf(addon, set, precision, values),
    openExact: () => verbsOf(addon, set, 'float64', values),
    vector,
    // `NARROW` of `lanes.h`
    narrow: set === 'avx512' ? vector / 2 : vector,
    tile: TILES[precision],
    reach: (data) => addon.addressOf(data) - values[0]!,
    bottom: LINE,
    buffer: () => view,
    grow(bytes) {
      const larger = allocate(addon, Math.max(bytes, 1.5 * view.bytes));
      bytesOf(larger).set(bytesOf(view));
      view = larger;
      values[0] = view.address;
    },
  });
}

function verbsOf(addon: Addon, set: InstructionSet, precision: Precision, values: Float64Array): Verbs {
  const run = addon.open(set, precision === 'float64', values);
  const verbs = addon.verbs.map((name, verb) => [
    name,
    (...given: number[]) => {
      for (let i = 0; i < given.length; i++) values[i + 1] = given[i]!;
      run(verb);
    },
  ]);
  return Object.fromEntries(verbs) as Verbs;
}

/** Memory that begins at a cache line */
function allocate(addon: Addon, wanted: number): View & { readonly address: number } {
  const bytes = Math.ceil(wanted / LINE) * LINE;
  const buffer = new ArrayBuffer(bytes + LINE);
  const start = addon.addressOf(new Uint8Array(buffer));
  const address = Math.ceil(start / LINE) * LINE;
  return { buffer, offset: address - start, bytes, address };
}

function bytesOf({ buffer, offset, bytes }: View): Uint8Array {
  return new Uint8Array(buffer, offset, bytes);
}
