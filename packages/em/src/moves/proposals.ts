import type { Key, Matrix } from '@mixtention/core';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import type { Move, Proposal } from './carry-out.ts';
import { overlapping } from './overlapping.ts';
import type { Now, Reading } from './sample-reading.ts';
import { growSeeds } from './seeds.ts';
import { splitsAndMerges } from './split-merge.ts';

/** Proposals of each kind in a round. */
const MOST = 6;
const BIRTHS = 2;
const BIRTH_GROWTH = { count: 12, sizes: [0.01, 0.02, 0.05, 0.1, 0.2, 0.4], steps: [3, 8] } as const;
/** What owns less has died. */
const DEAD = 0.5;

export type Proposing = { readonly sample: Matrix; readonly key: Key; readonly favourite: string | null };

/** What is worth trying, the most promising first, by what costs no pass over the data. */
export function propose(
  algorithm: SummedAlgorithm,
  moves: readonly (Move | 'split-merge')[],
  now: Now,
  { sample, key, favourite }: Proposing,
): Proposal[] {
  const { reading, stats } = now;
  const K = reading.components;
  if (moves.includes('split-merge')) return K > 1 ? splitsAndMerges(algorithm, now, { sample, key }) : [];
  const small = Array.from(stats.counts.keys()).sort((a, b) => stats.counts[a]! - stats.counts[b]! || a - b);
  const of = (move: Move): Proposal[] => {
    if (move === 'merge')
      return (K > 1 ? overlapping(reading) : []).slice(0, MOST).map((components) => ({ move, components }));
    if (move === 'delete') return K > 1 ? deletions(small, stats.counts) : [];
    if (move === 'split')
      return poorest(reading, stats.counts)
        .slice(0, MOST)
        .map((k) => ({ move, components: [k] }));
    const seeds = growSeeds(algorithm, now, { sample, key, ...BIRTH_GROWTH });
    return seeds.slice(0, BIRTHS).map((seed) => ({ move, components: [seed.owner], seed }));
  };
  const known = (['merge', 'delete', 'split', 'birth'] as const).filter((move) => moves.includes(move));
  return known.sort((a, b) => Number(b === favourite) - Number(a === favourite)).flatMap(of);
}

/** The dead all at once, then the smallest one by one. */
function deletions(small: readonly number[], counts: Float64Array): Proposal[] {
  const dead = small.filter((k) => counts[k]! < DEAD).slice(0, counts.length - 1);
  const rest = small.slice(dead.length > 1 ? dead.length : 0, MOST).map((k) => [k]);
  return [...(dead.length > 1 ? [dead] : []), ...rest].map((components) => ({ move: 'delete', components }));
}

/** Components whose own rows they tell the worst, by the divergence of their rows from their density (Ueda et al. 2000, eq. 3.5). */
function poorest({ rows, components: K, scores: L, responsibilities: R }: Reading, counts: Float64Array): number[] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const misfit = Array.from({ length: K }, (_, k) => {
    let owned = 0;
    for (let n = 0; n < rows; n++) owned += R[n * K + k]!;
    if (owned < 4) return Number.NEGATIVE_INFINITY;
    const logWeight = Math.log(counts[k]! / total);
    let sum = 0;
    for (let n = 0; n < rows; n++) {
      const f = R[n * K + k]! / owned;
      if (f > 0) sum += f * (Math.log(f) - (L[n * K + k]! - logWeight));
    }
    return sum;
  });
  return misfit
    .map((_, k) => k)
    .filter((k) => misfit[k]! > Number.NEGATIVE_INFINITY)
    .sort((a, b) => misfit[b]! - misfit[a]! || a - b);
}
