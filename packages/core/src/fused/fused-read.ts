import type { Matrix, Reading, ReadOptions, RowBlock } from '../contracts/index.ts';
import { emptyReading } from '../kernel/empty-reading.ts';
import type { Block } from './blocks.ts';
import { eachBlock, type Tile } from './each-tile.ts';
import { type HeldValues, mixValues, type Shares } from './fused-values.ts';
import type { Machine } from './machine.ts';

/** One row per row under the scores that are laid out: block by block, what blocks tell is put together in float64. */
export function read(
  machine: Machine,
  parts: readonly Block[],
  blocks: readonly RowBlock[],
  values: HeldValues | null,
  options: ReadOptions,
): Reading {
  const { verbs, size } = machine;
  const { layout: last, from } = parts.at(-1)!;
  const K = from + last.components;
  const { padded, someCounts, top, sum, weights, evidence, mostRows } = parts[0]!.layout;
  const N = blocks[0]!.rows;
  const V = values?.packed?.cols ?? 0;
  const result = emptyReading(N, K, V, options, machine.precision);
  const { logEvidence } = result;
  const output = result.output.data as Float64Array;
  logEvidence.fill(Number.NEGATIVE_INFINITY);
  const labels = result.labels === undefined ? null : openLabels(machine, parts, result.labels);
  const all =
    result.responsibilities === undefined ? null : openResponsibilities(machine, parts, result.responsibilities);
  const counts = machine.take(padded * 8);
  const mixed = values === null || values.packed === null ? null : mixValues(machine, parts, values.packed);
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
  values?.units?.restore(result.output, logEvidence);
  return result;
}

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
    const less = Math.exp(-Math.abs(before - more));
    const greater = 1 / (1 + less);
    known[n] = Math.max(before, more) + Math.log1p(less);
    stays[n] = before > more ? greater : less * greater;
    comes[n] = before > more ? less * greater : greater;
  }
  return { stays, comes };
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
