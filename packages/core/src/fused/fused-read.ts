import { float32Values } from '../backends/float32-values.ts';
import type { Matrix, Reading, ReadOptions, RowBlock } from '../contracts/index.ts';
import { emptyReading } from '../kernel/empty-reading.ts';
import { eachTile, type Tile } from './each-tile.ts';
import type { Layout } from './layout.ts';
import { columnsOf, type Machine, panelOf } from './machine.ts';
import { writePanels } from './panels.ts';
import type { Lines } from './term.ts';

/** Components whose part of a mean is summed in the precision of the machine */
const MIXED = 1024;

/** One row per row under the scores that are laid out. */
export function read(
  machine: Machine,
  layout: Layout,
  blocks: readonly RowBlock[],
  values: Matrix | null,
  options: ReadOptions,
): Reading {
  const { verbs } = machine;
  const { L, padded, someCounts, top, sum, weights } = layout;
  const K = layout.scores.components;
  const N = blocks[0]!.rows;
  const V = values?.cols ?? 0;
  const result = emptyReading(N, K, V, options, machine.precision);
  const { output, logEvidence, labels } = result;
  const means = output.data as Float64Array;
  const all = result.responsibilities?.data as Float64Array | undefined;
  const counts = machine.take(padded * 8);
  // Far from 0 float32 values would lose their digits.
  const narrow = values !== null && machine.precision === 'float32' ? float32Values(values) : null;
  const own = narrow?.values ?? values;
  const mixed = own === null || V === 0 ? null : openValues(machine, layout, own);
  const { size } = machine;
  machine.reals.fill(1, weights / size, weights / size + layout.mostRows);
  eachTile(machine, layout, blocks, options, (tile) => {
    const { start, count, rows } = tile;
    if (labels !== undefined) {
      verbs.labels(L.at, L.stride, count, padded, layout.labels);
      labels.set(machine.ints.subarray(layout.labels / 4, layout.labels / 4 + count), start);
    }
    verbs.softmax(L.at, L.stride, rows, padded, weights, someCounts, counts, top, sum);
    verbs.evidences(top, sum, rows, layout.evidence);
    logEvidence.set(machine.doubles.subarray(layout.evidence / 8, layout.evidence / 8 + count), start);
    if (all !== undefined) copyLines(machine, L, count, K, all.subarray(start * K));
    mixed?.(tile, means.subarray(start * V));
  });
  narrow?.restore(output, logEvidence);
  return result;
}

/** Packs values, for `R·V` of tiles. */
export function openValues(
  machine: Machine,
  { L, mostRows }: Pick<Layout, 'L' | 'mostRows'>,
  { data, rows: K, cols: V }: Matrix,
): (tile: Tile, output: Float64Array) => void {
  const { size, verbs } = machine;
  const padded = columnsOf(machine, V);
  const zeros = machine.takeZeros(padded);
  const out = { at: machine.take(mostRows * padded * size), stride: padded * size };
  const first = machine.take(padded * K * size);
  const panels = (k: number): number => first + padded * k * size;
  for (let from = 0; from < K; from += MIXED) {
    const shape = { rows: V, padded, length: Math.min(MIXED, K - from), panel: panelOf(machine) };
    writePanels(machine.reals, panels(from) / size, shape, (v, k) => data[(from + k) * V + v]!);
  }
  return ({ count, rows }, output) => {
    // Float32 sums go over so many components, and are added in float64.
    for (let k = 0; k < K; k += MIXED) {
      const own = Math.min(MIXED, K - k);
      verbs.product(L.at + k * size, L.stride, rows, own, panels(k), padded, zeros, 0, out.at, out.stride);
      if (k === 0) copyLines(machine, out, count, V, output);
      else addLines(machine, out, count, V, output);
    }
  };
}

/** The first numbers of each line, packed. */
function copyLines(
  { reals, size }: Machine,
  { at, stride }: Lines,
  count: number,
  width: number,
  to: Float64Array,
): void {
  const [first, step] = [at / size, stride / size];
  if (step === width) to.set(reals.subarray(first, first + count * width));
  else for (let n = 0; n < count; n++) to.set(reals.subarray(first + n * step, first + n * step + width), n * width);
}

function addLines(
  { reals, size }: Machine,
  { at, stride }: Lines,
  count: number,
  width: number,
  to: Float64Array,
): void {
  const [first, step] = [at / size, stride / size];
  for (let n = 0, i = 0; n < count; n++)
    for (let v = first + n * step; v < first + n * step + width; v++, i++) to[i]! += reals[v]!;
}
