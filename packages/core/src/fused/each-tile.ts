import { fail } from '../base/errors.ts';
import type { Cancellation, KernelOptions, PositionBias, RowBlock } from '../contracts/index.ts';
import { checkPositions } from '../kernel/position-bias.ts';
import type { Block } from './blocks.ts';
import type { Layout, Room } from './layout.ts';
import type { Machine } from './machine.ts';
import { pad } from './panels.ts';
import type { Lines } from './term.ts';

/** Rows of a tile in the memory of a machine. */
export type Tile = {
  readonly start: number;
  readonly count: number;
  /** The count with rows of 0 up to a multiple of 4 */
  readonly rows: number;
  /** The rows of each term */
  readonly x: readonly Lines[];
};

/** Visits tiles of rows: copied in, or where they lie while nobody else is called who could take them away (`isAlone`). */
export function eachRows(
  machine: Machine,
  { mostRows, x: room }: Room,
  blocks: readonly RowBlock[],
  { cancel, isAlone }: { readonly cancel: Cancellation | undefined; readonly isAlone: boolean },
  visit: (tile: Tile) => void,
): void {
  const N = blocks[0]!.rows;
  // Two terms may stand on the same rows.
  const own = blocks.map((block) => blocks.indexOf(block));
  const finders = blocks.map((block, t) => openFinder(machine, room[t]!, block, isAlone));
  for (let start = 0; start < N; start += mostRows) {
    if (cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
    const count = Math.min(mostRows, N - start);
    const rows = pad(count);
    const x: Lines[] = [];
    for (let t = 0; t < own.length; t++) x.push(own[t] === t ? finders[t]!(start, count, rows) : x[own[t]!]!);
    visit({ start, count, rows, x });
  }
}

/** Visits tiles of rows that are scored: scores are in `layout.L`. */
export function eachTile(
  machine: Machine,
  layout: Layout,
  blocks: readonly RowBlock[],
  options: KernelOptions,
  visit: (tile: Tile) => void,
  isAlone?: boolean,
): void {
  eachBlock(machine, [{ from: 0, layout }], blocks, options, { visit, isAlone });
}

/** What is done with a tile that is scored block by block. */
export type TileVisitor = {
  /** Before its first block */
  begin?(tile: Tile): void;
  /** The scores of a block are in its `layout.L`. Blocks of which no row of the tile may see anything are passed over. */
  visit(tile: Tile, block: number): void;
  /** After its last block */
  end?(tile: Tile): void;
  /** Whether it holds a number for all components of each row, as biases of pairs do: then tiles have fewer rows. */
  readonly isWide?: boolean;
  /** Whether nobody else is called meanwhile; left out, it is so unless pairs are filled. */
  readonly isAlone?: boolean | undefined;
};

/** Bytes of a number for each component of the rows of a tile, where it has more than 4 rows */
const WIDE_BYTES = 2 ** 22;

/** The same block by block of the components: of no row are all scores held at once. */
export function eachBlock(
  machine: Machine,
  parts: readonly Block[],
  blocks: readonly RowBlock[],
  { pairBias, positions, cancel }: KernelOptions,
  { begin, visit, end, isWide = false, isAlone = pairBias === undefined }: TileVisitor,
): void {
  const first = parts[0]!.layout;
  const last = parts.at(-1)!;
  const K = last.from + last.layout.components;
  checkPositions('core/kernel', positions, blocks[0]!.rows, K);
  const mostRows =
    parts.length > 1 && (isWide || pairBias !== undefined)
      ? Math.max(4, Math.min(first.mostRows, 4 * Math.floor(WIDE_BYTES / (4 * K * machine.size))))
      : first.mostRows;
  const pairs = pairBias === undefined ? null : openPairs(machine, parts, mostRows, pairBias);
  const stands = positions === undefined ? null : openPositions(machine, parts, mostRows, positions);
  eachRows(machine, { ...first, mostRows }, blocks, { cancel, isAlone }, (tile) => {
    begin?.(tile);
    pairs?.fill(tile);
    stands?.begin(tile);
    parts.forEach(({ layout: { L, bias, terms } }, b) => {
      if (stands?.isHidden(b)) return;
      for (let t = 0; t < terms.length; t++) terms[t]!.score(tile.x[t]!, tile.rows, t === 0 ? bias : L, L);
      pairs?.add(tile, b);
      stands?.add(tile, b);
      visit(tile, b);
    });
    end?.(tile);
  });
}

/** Where rows of a block are found: a copy of them, or they themselves. */
function openFinder(
  machine: Machine,
  address: number,
  { data, stride }: RowBlock,
  isAlone: boolean,
): (start: number, count: number, rows: number) => Lines {
  const { size, vector, reach } = machine;
  // Shared memory is copied word by word where both sides begin at the same place of a word, else byte by byte.
  const at = address + (data.byteOffset % 8);
  const copied = { at, stride: stride * size };
  const copy = (start: number, count: number, rows: number): Lines => {
    const to = at / size;
    machine.reals.set(data.subarray(start * stride, (start + count) * stride), to);
    if (rows > count) machine.reals.fill(0, to + count * stride, to + rows * stride);
    return copied;
  };
  // Numbers of another precision are converted on the way.
  if (reach === null || !isAlone || data.BYTES_PER_ELEMENT !== size) return copy;
  const first = reach(data);
  // Verbs read up to a vector beyond the end of the last row.
  const end = data.length - vector / size;
  return (start, count, rows) =>
    (start + rows) * stride <= end
      ? { at: first + start * stride * size, stride: stride * size }
      : copy(start, count, rows);
}

/** Pairs are filled outside of the memory of the machine, which moves when it grows. */
function openPairs(
  machine: Machine,
  parts: readonly Block[],
  mostRows: number,
  fill: NonNullable<KernelOptions['pairBias']>,
): { fill(tile: Tile): void; add(tile: Tile, block: number): void } {
  const last = parts.at(-1)!;
  const K = last.from + last.layout.components;
  const at = machine.take(mostRows * parts[0]!.layout.components * machine.size);
  const out = machine.precision === 'float32' ? new Float32Array(mostRows * K) : new Float64Array(mostRows * K);
  return {
    fill: ({ start, count }) => fill(start, count, out.subarray(0, count * K)),
    add({ count }, block) {
      const { from, layout } = parts[block]!;
      const { L, components: own } = layout;
      const to = at / machine.size;
      if (own === K) machine.reals.set(out.subarray(0, count * K), to);
      else
        for (let n = 0; n < count; n++) machine.reals.set(out.subarray(n * K + from, n * K + from + own), to + n * own);
      machine.verbs.addPairs(L.at, L.stride, count, own, at);
    },
  };
}

function openPositions(
  machine: Machine,
  parts: readonly Block[],
  mostRows: number,
  positions: PositionBias,
): { begin(tile: Tile): void; isHidden(block: number): boolean; add(tile: Tile, block: number): void } {
  const { queries, keys, causal = false, window = Number.POSITIVE_INFINITY, alibi = 0 } = positions;
  const p = machine.take(mostRows * 8);
  const last = parts.at(-1)!;
  const numbers = last.from + last.layout.padded;
  const q = machine.take(numbers * 8);
  machine.doubles.fill(0, q / 8, q / 8 + numbers);
  machine.doubles.set(keys, q / 8);
  const spans = parts.map(({ from, layout }) => spanOf(keys, from, from + layout.components));
  let own = { least: 0, greatest: 0 };
  return {
    begin({ start, count }) {
      own = spanOf(queries, start, start + count);
      machine.doubles.set(queries.subarray(start, start + count), p / 8);
    },
    // With one block there is nothing to pass over: a row that sees nothing has to be told so.
    isHidden(block) {
      if (parts.length === 1) return false;
      const { least, greatest } = spans[block]!;
      return least - own.greatest > (causal ? 0 : window) || own.least - greatest > window;
    },
    add({ count }, block) {
      const { from, layout } = parts[block]!;
      const { L, padded } = layout;
      machine.verbs.addPositions(L.at, L.stride, count, padded, p, q + from * 8, Number(causal), window, alibi);
    },
  };
}

function spanOf(places: Float64Array, from: number, to: number): { readonly least: number; readonly greatest: number } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = from; i < to; i++) {
    least = Math.min(least, places[i]!);
    greatest = Math.max(greatest, places[i]!);
  }
  return { least, greatest };
}
