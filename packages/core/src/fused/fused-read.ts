import { float32Values } from '../backends/float32-values.ts';
import type { Matrix, Reading, ReadOptions, RowBlock } from '../contracts/index.ts';
import { emptyReading } from '../kernel/empty-reading.ts';
import { type Block, reserve } from './blocks.ts';
import { eachBlock, type Tile } from './each-tile.ts';
import { columnsOf, type Machine, panelOf } from './machine.ts';
import { writePanels } from './panels.ts';
import type { Lines } from './term.ts';

/** Components whose part of a mean is summed in the precision of the machine */
const MIXED = 1024;

/** One row per row under the scores that are laid out: block by block, what blocks tell is put together in float64. */
export function read(
  machine: Machine,
  parts: readonly Block[],
  blocks: readonly RowBlock[],
  values: Matrix | null,
  options: ReadOptions,
): Reading {
  const { verbs, size } = machine;
  const { layout: last, from } = parts.at(-1)!;
  const K = from + last.components;
  const { padded, someCounts, top, sum, weights, evidence, mostRows } = parts[0]!.layout;
  const N = blocks[0]!.rows;
  const V = values?.cols ?? 0;
  const result = emptyReading(N, K, V, options, machine.precision);
  const { logEvidence } = result;
  const output = result.output.data as Float64Array;
  logEvidence.fill(Number.NEGATIVE_INFINITY);
  const labels = result.labels === undefined ? null : openLabels(machine, parts, result.labels);
  const all =
    result.responsibilities === undefined ? null : openResponsibilities(machine, parts, result.responsibilities);
  const counts = machine.take(padded * 8);
  // Far from 0 float32 values would lose their digits.
  const narrow = values !== null && machine.precision === 'float32' ? float32Values(values) : null;
  const own = narrow?.values ?? values;
  const mixed = own === null || V === 0 ? null : openValues(machine, parts, own);
  machine.reals.fill(1, weights / size, weights / size + mostRows);
  eachBlock(machine, parts, blocks, options, {
    visit(tile, b) {
      const { L, padded } = parts[b]!.layout;
      const { start, count, rows } = tile;
      labels?.find(tile, b);
      verbs.softmax(L.at, L.stride, rows, padded, weights, someCounts, counts, top, sum);
      verbs.evidences(top, sum, rows, evidence);
      const news = machine.doubles.subarray(evidence / 8, evidence / 8 + count);
      all?.add(tile, b, news);
      labels?.choose(tile);
      const known = logEvidence.subarray(start, start + count);
      const shares = joinEvidence(known, news);
      mixed?.(tile, b, output.subarray(start * V, (start + count) * V), shares);
    },
    end({ start, count }) {
      all?.end(start, count, logEvidence.subarray(start, start + count));
    },
  });
  narrow?.restore(result.output, logEvidence);
  return result;
}

/** What of a mean stays, and what comes to it: `[count]` each. Null where all of it is new. */
export type Shares = { readonly stays: Float64Array; readonly comes: Float64Array } | null;

/** In place: the evidence of more components, `L = log(e^L + e^news)`. */
function joinEvidence(known: Float64Array, news: Float64Array): Shares {
  if (known.every((l) => l === Number.NEGATIVE_INFINITY)) {
    known.set(news);
    return null;
  }
  const stays = new Float64Array(known.length).fill(1);
  const comes = new Float64Array(known.length);
  for (let n = 0; n < known.length; n++) {
    const [before, more] = [known[n]!, news[n]!];
    if (more === Number.NEGATIVE_INFINITY) continue;
    const both =
      before > more ? before + Math.log1p(Math.exp(more - before)) : more + Math.log1p(Math.exp(before - more));
    known[n] = both;
    stays[n] = Math.exp(before - both);
    comes[n] = Math.exp(more - both);
  }
  return { stays, comes };
}

/** Packs values, for `R·V` of tiles: written over the output, or put together with what is there. */
export function openValues(
  machine: Machine,
  parts: readonly Block[],
  { data, cols: V }: Matrix,
): (tile: Tile, block: number, output: Float64Array, shares: Shares) => void {
  const { size, verbs } = machine;
  const padded = columnsOf(machine, V);
  const zeros = machine.takeZeros(padded);
  const out = { at: machine.take(parts[0]!.layout.mostRows * padded * size), stride: padded * size };
  reserve(machine, data.length / V, padded);
  const packed = parts.map(({ from, layout }) => packValues(machine, data, V, from, layout.components));
  let part: Float64Array | null = null;
  return ({ count, rows }, block, output, shares) => {
    const { L, components: K } = parts[block]!.layout;
    if (shares !== null) part ??= new Float64Array(parts[0]!.layout.mostRows * V);
    const to = shares === null ? output : part!.subarray(0, count * V);
    // Float32 sums go over so many components, and are added in float64.
    for (let k = 0; k < K; k += MIXED) {
      const own = Math.min(MIXED, K - k);
      const panels = packed[block]! + padded * k * size;
      verbs.product(L.at + k * size, L.stride, rows, own, panels, padded, zeros, 0, out.at, out.stride);
      if (k === 0) copyLines(machine, out, count, V, to);
      else addLines(machine, out, count, V, to);
    }
    if (shares !== null) join(output, to, shares, V);
  };
}

function packValues(machine: Machine, data: Matrix['data'], V: number, first: number, K: number): number {
  const { size } = machine;
  const padded = columnsOf(machine, V);
  const at = machine.take(padded * K * size);
  for (let from = 0; from < K; from += MIXED) {
    const shape = { rows: V, padded, length: Math.min(MIXED, K - from), panel: panelOf(machine) };
    writePanels(machine.reals, at / size + padded * from, shape, (v, k) => data[(first + from + k) * V + v]!);
  }
  return at;
}

/** In place: `output = stays·output + comes·more`, row by row. */
function join(output: Float64Array, more: Float64Array, { stays, comes }: NonNullable<Shares>, V: number): void {
  for (let n = 0; n < stays.length; n++) {
    const [a, b] = [stays[n]!, comes[n]!];
    if (b === 0) continue;
    for (let i = n * V; i < (n + 1) * V; i++) output[i] = a * output[i]! + b * more[i]!;
  }
}

/** The best component of each row over all blocks, the first of equals. */
function openLabels(machine: Machine, parts: readonly Block[], labels: Int32Array) {
  const { labels: at, top, mostRows } = parts[0]!.layout;
  labels.fill(-1);
  const tops = new Float64Array(mostRows);
  let from = 0;
  return {
    /** Before the softmax */
    find({ count }: Tile, block: number): void {
      const { L, padded } = parts[block]!.layout;
      from = parts[block]!.from;
      machine.verbs.labels(L.at, L.stride, count, padded, at);
    },
    /** After it */
    choose({ start, count }: Tile): void {
      for (let n = 0; n < count; n++) {
        const own = machine.ints[at / 4 + n]!;
        const height = machine.reals[top / machine.size + n]!;
        if (own < 0 || (labels[start + n]! >= 0 && !(height > tops[n]!))) continue;
        labels[start + n] = from + own;
        tops[n] = height;
      }
    },
  };
}

/** Responsibilities, normalised by block until the evidence of all is known. */
function openResponsibilities(machine: Machine, parts: readonly Block[], { data, cols: K }: Matrix) {
  const evidences = parts.map(({ layout }) => new Float64Array(layout.mostRows));
  return {
    add({ start, count }: Tile, block: number, evidence: Float64Array): void {
      const { from, layout } = parts[block]!;
      evidences[block]!.set(evidence);
      const [first, step] = [layout.L.at / machine.size, layout.L.stride / machine.size];
      for (let n = 0; n < count; n++) {
        const line = machine.reals.subarray(first + n * step, first + n * step + layout.components);
        data.set(line, (start + n) * K + from);
      }
    },
    end(start: number, count: number, evidence: Float64Array): void {
      if (parts.length === 1) return;
      parts.forEach(({ from, layout }, b) => {
        for (let n = 0; n < count; n++) {
          const share = Math.exp(evidences[b]![n]! - evidence[n]!);
          const at = (start + n) * K + from;
          for (let i = at; i < at + layout.components; i++) if (data[i] !== 0) data[i]! *= share;
        }
      });
    },
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
