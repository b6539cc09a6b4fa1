import { fail } from '../base/errors.ts';
import type { Cancellation, KernelOptions, PositionBias, RowBlock } from '../contracts/index.ts';
import { checkPositions } from '../kernel/position-bias.ts';
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
  { pairBias, positions, cancel }: KernelOptions,
  visit: (tile: Tile) => void,
  isAlone: boolean = pairBias === undefined,
): void {
  const { L, bias, terms, components: K } = layout;
  checkPositions('core/kernel', positions, blocks[0]!.rows, K);
  const pairs = pairBias === undefined ? null : openPairs(machine, layout, pairBias);
  const stands = positions === undefined ? null : openPositions(machine, layout, positions);
  eachRows(machine, layout, blocks, { cancel, isAlone }, (tile) => {
    for (let t = 0; t < terms.length; t++) terms[t]!.score(tile.x[t]!, tile.rows, t === 0 ? bias : L, L);
    pairs?.(tile);
    stands?.(tile);
    visit(tile);
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
  if (reach === null || !isAlone) return copy;
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
  { L, mostRows, components: K }: Layout,
  fill: NonNullable<KernelOptions['pairBias']>,
): (tile: Tile) => void {
  const numbers = mostRows * K;
  const at = machine.take(numbers * machine.size);
  const out = machine.precision === 'float32' ? new Float32Array(numbers) : new Float64Array(numbers);
  return ({ start, count }) => {
    const own = out.subarray(0, count * K);
    fill(start, count, own);
    machine.reals.set(own, at / machine.size);
    machine.verbs.addPairs(L.at, L.stride, count, K, at);
  };
}

function openPositions(
  machine: Machine,
  { L, mostRows, padded }: Layout,
  positions: PositionBias,
): (tile: Tile) => void {
  const { queries, keys, causal = false, window = Number.POSITIVE_INFINITY, alibi = 0 } = positions;
  const p = machine.take(mostRows * 8);
  const q = machine.take(padded * 8);
  machine.doubles.fill(0, q / 8, q / 8 + padded);
  machine.doubles.set(keys, q / 8);
  return ({ start, count }) => {
    machine.doubles.set(queries.subarray(start, start + count), p / 8);
    machine.verbs.addPositions(L.at, L.stride, count, padded, p, q, Number(causal), window, alibi);
  };
}
