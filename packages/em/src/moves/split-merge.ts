import type { Key, Matrix } from '@mixtention/core';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { carryOut, type Proposal } from './carry-out.ts';
import { overlapping } from './overlapping.ts';
import { regroup } from './regroup.ts';
import { type Now, readSample, withSample } from './sample-reading.ts';
import { growSeeds, scoredAlone } from './seeds.ts';

/** Pairs to merge that are looked at, the most overlapping ones. */
const PAIRS = 15;
/** Components that a mixture lacks are often small: most seeds begin with a few rows a column. */
const GROWTH = { count: 240, sizes: [4, 3, 4, 6, 4, 3, 4, 0.1], steps: [3, 8, 20] } as const;
const MOST = 8;
const EXACT = { precision: 'float64', cuts: [0, 0] } as const;
/** Merges draw nothing. */
const NONE: Key = { seed: 0, path: [] };

/** Pairs to merge, by what the sample says is lost, each with seeds, by what it says is gained. */
export function splitsAndMerges(
  algorithm: SummedAlgorithm,
  now: Now,
  { sample, key }: { readonly sample: Matrix; readonly key: Key },
): Proposal[] {
  const losses = overlapping(now.reading)
    .slice(0, PAIRS)
    .map((pair) => ({
      pair: pair as [number, number],
      loss: lossOf(algorithm, now, sample, pair as [number, number]),
    }));
  const seeds = growSeeds(algorithm, now, { sample, key, ...GROWTH });
  return losses
    .flatMap(({ pair, loss }) => seeds.map((seed) => ({ pair, seed, change: seed.gain - loss })))
    .sort((a, b) => b.change - a.change)
    .slice(0, MOST)
    .map(({ pair, seed }) => ({ move: 'split-merge', components: [...pair, seed.owner], seed }));
}

/** What the merge of two components loses of the evidence of all rows, as the sample tells (nats). */
function lossOf(algorithm: SummedAlgorithm, now: Now, sample: Matrix, [i, j]: readonly [number, number]): number {
  const { reading, stats, scores, inner } = now;
  const { rows, components: K, responsibilities: R, evidence } = reading;
  const total = stats.counts.reduce((sum, n) => sum + n, 0);
  let loss = 0;
  if (scores.terms.some(({ statistics }) => statistics.squares === 'pooled')) {
    // What is pooled changes the others too.
    const merged = carryOut(algorithm, { move: 'merge', components: [i, j] }, now, { sample, key: NONE })!;
    const after = readSample(sample, algorithm.scores(algorithm.ask(merged, EXACT).message)).evidence;
    for (let n = 0; n < rows; n++) loss += evidence[n]! - after[n]!;
  } else {
    const merged = regroup(scores, stats, [[i, j]]);
    const { log, order } = withSample(sample, scores, (open) =>
      scoredAlone(algorithm, inner, { owner: i, open, stats: merged }),
    );
    if (order.length === 0) return Number.POSITIVE_INFINITY;
    const share = Math.log((stats.counts[i]! + stats.counts[j]!) / total);
    for (let n = 0; n < rows; n++) {
      const others = Math.max(0, 1 - R[n * K + i]! - R[n * K + j]!);
      loss -= Math.log(others + Math.exp(Math.min(600, share + log[n]! - evidence[n]!)));
    }
  }
  return (loss * total) / rows;
}
