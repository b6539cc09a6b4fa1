import type { Matrix, Reading, ReadOptions, RowBlock } from '../contracts/index.ts';
import { emptyReading } from '../kernel/empty-reading.ts';
import type { Block } from './blocks.ts';
import { eachBlock, type Tile } from './each-tile.ts';
import { fillMeans, type HeldValues, mixValues } from './fused-values.ts';
import type { Machine } from './machine.ts';
import { runningEvidence } from './running-evidence.ts';

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
  const { padded, someCounts, top, sum, weights, mostRows } = parts[0]!.layout;
  const V = values?.packed?.cols ?? 0;
  const result = emptyReading(blocks[0]!.rows, K, V, options, machine.precision);
  const { logEvidence } = result;
  const output = result.output.data as Float64Array;
  const labels = result.labels === undefined ? null : openLabels(machine, parts, result.labels);
  const all =
    result.responsibilities === undefined ? null : openResponsibilities(machine, parts, result.responsibilities);
  const mixed = values === null || values.packed === null ? null : mixValues(machine, parts, values.packed);
  const evidence = runningEvidence(machine, parts[0]!.layout);
  // Sums of values as large as float64 holds them could outgrow it; those of float32 come in units of their size.
  const isDivided = all !== null || (mixed !== null && machine.precision === 'float64');
  const counts = machine.take(padded * 8);
  machine.reals.fill(1, weights / size, weights / size + mostRows);
  eachBlock(machine, parts, blocks, options, {
    begin({ count }) {
      evidence.begin(count);
      mixed?.begin(count);
    },
    visit(tile, b) {
      const { L, padded } = parts[b]!.layout;
      labels?.find(tile, b);
      if (isDivided) verbs.softmax(L.at, L.stride, tile.rows, padded, weights, someCounts, counts, top, sum);
      else verbs.exponentials(L.at, L.stride, tile.rows, padded, top, sum);
      labels?.choose(tile);
      evidence.join(tile.count, isDivided);
      mixed?.add(tile, b, evidence);
      all?.add(tile, b);
    },
    end({ start, count }) {
      const known = logEvidence.subarray(start, start + count);
      evidence.fill(known);
      all?.end(start, count, known);
      if (mixed === null) return;
      const { units } = values!;
      const to = output.subarray(start * V, (start + count) * V);
      fillMeans(machine, { means: mixed.means, sums: evidence.sums, units }, count, to);
    },
  });
  return result;
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
  const { verbs, size } = machine;
  const { top, sum, evidence: at } = parts[0]!.layout;
  const evidences = parts.map(({ layout }) => new Float64Array(layout.mostRows).fill(Number.NEGATIVE_INFINITY));
  return {
    add({ start, count, rows }: Tile, block: number): void {
      const { from, layout } = parts[block]!;
      const { L, components } = layout;
      verbs.evidences(top, sum, rows, at);
      evidences[block]!.set(machine.doubles.subarray(at / 8, at / 8 + count));
      const [first, step] = [L.at / size, L.stride / size];
      for (let n = 0; n < count; n++) {
        const line = machine.reals.subarray(first + n * step, first + n * step + components);
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
