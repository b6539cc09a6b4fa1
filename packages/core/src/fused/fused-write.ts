import type { RowBlock, WriteOptions, Written } from '../contracts/index.ts';
import { emptyWritten, type WrittenTotal } from '../kernel/empty-written.ts';
import { eachTile, type Tile } from './each-tile.ts';
import { type Layout, type LayoutSums, openSums } from './layout.ts';
import type { Machine } from './machine.ts';
import { openWeights } from './row-weights.ts';

/** Sums in the precision of the machine go over so many rows at most, and are added in float64. */
export const SUMMED_ROWS = 2048;

/** Expected statistics under the scores that are laid out. */
export function write(machine: Machine, layout: Layout, blocks: readonly RowBlock[], options: WriteOptions): Written {
  const sums = openSums(machine, layout);
  const total = emptyWritten(layout.scores, options, machine.precision);
  const mark = machine.mark();
  const weights = openWeights(machine, layout, options.rowWeights);
  const needsOwned = layout.scores.terms.some(({ statistics }) => statistics.squares === 'pooled');
  let added = 0;
  const flush = (): void => {
    flushSums(machine, layout, sums, weights.unit(), total);
    added = 0;
  };
  try {
    eachTile(machine, layout, blocks, options, (tile) => {
      if (added + tile.count > SUMMED_ROWS) flush();
      if (added === 0) weights.begin(tile.start, Math.min(blocks[0]!.rows, tile.start + SUMMED_ROWS));
      weights.fill(tile);
      normalize(machine, layout, sums, tile, options);
      addTotals(machine, layout, tile, options, total);
      if (needsOwned) fillOwned(machine, layout, tile);
      const { count, x } = tile;
      sums.exact?.add(layout.L, count, layout.L, layout.owned);
      for (let t = 0; t < x.length; t++) sums.terms[t]!.add(x[t]!, count, layout.L, layout.owned);
      added += count;
    });
  } finally {
    // A cancelled call leaves no sums behind.
    flush();
    machine.release(mark);
  }
  // A score that is no number reaches all counts of its row, but not the logarithm of many rows at once.
  const { counts } = total;
  const soft = sums.softCounts / 8;
  const tried = options.hard ? machine.doubles.subarray(soft, soft + counts.length) : counts;
  if (tried.some(Number.isNaN)) {
    total.logEvidence = Number.NaN;
    total.logMaxResponsibility = Number.NaN;
    if (total.entropy !== undefined) total.entropy = Number.NaN;
  }
  return total;
}

/** Scores become responsibilities times weights; counts are added. */
function normalize(
  { verbs }: Machine,
  { L, padded, someCounts, weights, top, sum, spreads, labels }: Layout,
  { counts, softCounts }: LayoutSums,
  { rows }: Tile,
  { hard, entropy }: WriteOptions,
): void {
  if (hard) verbs.labels(L.at, L.stride, rows, padded, labels);
  else if (entropy) verbs.spreads(L.at, L.stride, rows, padded, top, spreads);
  verbs.softmax(L.at, L.stride, rows, padded, weights, someCounts, hard ? softCounts : counts, top, sum);
  if (hard) verbs.harden(L.at, L.stride, rows, padded, weights, labels, counts);
}

function addTotals(
  { verbs, doubles }: Machine,
  { top, sum, spreads, exactWeights, totals }: Layout,
  { rows }: Tile,
  { hard, entropy }: WriteOptions,
  total: WrittenTotal,
): void {
  verbs.totals(top, sum, entropy && !hard ? spreads : 0, rows, exactWeights, totals);
  const at = totals / 8;
  const logSum = doubles[at + 1]!;
  total.logEvidence += hard ? doubles[at]! : doubles[at]! + logSum;
  total.logMaxResponsibility -= logSum;
  if (entropy && !hard) total.entropy! += logSum - doubles[at + 2]!;
  total.weight += doubles[at + 3]!;
  total.orphans += doubles[at + 4]!;
}

/** Weights of rows that somebody owns. */
function fillOwned({ reals, size }: Machine, { owned, weights, top }: Layout, { count }: Tile): void {
  for (let n = 0; n < count; n++)
    reals[owned / size + n] = reals[top / size + n] === Number.NEGATIVE_INFINITY ? 0 : reals[weights / size + n]!;
}

function flushSums(machine: Machine, layout: Layout, sums: LayoutSums, unit: number, total: WrittenTotal): void {
  const at = sums.counts / 8;
  const K = layout.scores.components;
  if (sums.exact !== null) sums.exact.flush(unit, total.counts);
  else for (let k = 0; k < K; k++) total.counts[k]! += unit * machine.doubles[at + k]!;
  machine.doubles.fill(0, at, at + layout.padded);
  sums.terms.forEach((term, t) => {
    term.flush(unit, total.sums[t]!);
  });
}
