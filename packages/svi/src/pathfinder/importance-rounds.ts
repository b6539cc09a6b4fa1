import type { Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import { type Psis, psis } from '../psis/index.ts';
import { DOUBTFUL, deviationsOf, heavySquares, USABLE } from '../report/index.ts';
import type { Weighted } from './normals.ts';
import { drawFrom, mixtureOf, momentsOf, mostComponents, type Proposal, widened } from './proposal.ts';

export type RoundsOptions = {
  readonly rounds: number;
  readonly draws: number;
  /** Rounds that are taken whatever k̂ of the first draws is (default 0). */
  readonly atLeast?: number;
  /** What is told of a draw: of these numbers deviations are to be known. */
  readonly values: (u: Float64Array) => Float64Array;
};

/** Weighted draws that were learnt, or those that were there before. */
type Learnt = Weighted &
  Psis & {
    readonly rounds: number;
    readonly evaluations: number;
    /** Values of the draws. */
    readonly rows: readonly Float64Array[];
    /** By number that is told, where draws are of a mixture: how far deviations by draws of two widths are apart, as a share of the smaller. */
    readonly apart?: Float64Array;
  };

/** What is drawn last is wider than the proposal that was learnt, by these over √D. */
const WIDER = [1, 1.5] as const;

/** Components of a proposal where one is not enough, and rounds in which they are learnt at most. */
const COMPONENTS = 4;
const MIXED = 6;
/** Deviations that two rounds agree on to this share are known. */
const AGREED = 0.1;

type Round = Weighted & Psis & { readonly rounds: number; readonly proposal: Proposal | null };
type Told = Round & { readonly rows: readonly Float64Array[]; readonly apart?: Float64Array };

/**
 * Importance sampling that learns its proposal: a multivariate t with the mean and covariance that the last weighted draws have, as often as it helps.
 *
 * Where few draws carry the weight, ratios are raised to a power below 1, so that moments rest on 10·D draws or more; the round after comes closer. Ends
 * when k̂ is at most ½, or rounds run out.
 *
 * The smallest k̂ of several leans low, and that of draws which miss a part of the posterior knows nothing of it (the neck and the mouth of a funnel). So the proposal of the best
 * round is made 1 + 1/√D times as wide, and the result is drawn from it afresh; k̂ is the worst of that and of still wider draws (1 + 1.5/√D): tails get lighter so
 * where all of the posterior is covered, and heavier where more of it comes to light.
 *
 * Where that k̂ is above 0.7, or deviations rest on few draws, a mixture of up to four t is learnt in six rounds more, by EM of weighted draws: a posterior whose widths depend on one of its numbers (a line through few points) is no t. Having more to
 * fit, it is taken in place of draws beyond 0.7 where its k̂ is at most ½ alone.
 *
 * Cost: `draws` densities and D²·draws multiplications a round (of a mixture some fifty times as many), and two rounds more.
 * Source: Cappé, Douc, Guillin, Marin & Robert (2008), Adaptive importance sampling in general mixture classes; tempering as Koblents & Míguez (2015).
 */
export function importanceRounds(
  first: Weighted,
  logDensity: (u: Float64Array) => number,
  key: Key,
  { rounds, draws, values, atLeast = 0 }: RoundsOptions,
): Learnt {
  const d = first.draws[0]!.length;
  let evaluations = 0;
  let round = 0;
  const drawn = (proposal: Proposal, of: number, ...names: (string | number)[]): Round => {
    evaluations += draws;
    const weighted = drawFrom(proposal, logDensity, split(key, ...names), draws);
    return { ...weighted, ...psis(weighted.logRatios), rounds: of, proposal };
  };
  const next = (proposal: Proposal): Round => drawn(proposal, ++round, 'round', round);
  const told = (one: Round): Told => ({ ...one, rows: one.draws.map(values) });
  /** Draws of a proposal made wider, with the worst k̂ of two widths. */
  const widely = (proposal: Proposal | null, best: Round): Told => {
    if (proposal === null) return told(best);
    const [fresh, wider] = WIDER.map((by, i) =>
      drawn(widened(proposal, 1 + by / Math.sqrt(d)), best.rounds, proposal.length > 1 ? 'mixture' : 'wide', i),
    ) as [Round, Round];
    const kept = told(best.rounds === 0 ? best : fresh);
    const paretoK = Math.max(kept.paretoK, fresh.paretoK, wider.paretoK);
    if (proposal.length === 1) return { ...kept, paretoK };
    return { ...kept, paretoK, apart: apartBy(deviationsOf(kept), deviationsOf(told(wider))) };
  };
  let best: Round = { ...first, ...psis(first.logRatios), rounds: 0, proposal: null };
  if (rounds === 0) return { ...told(best), evaluations };
  let current = best;
  while (round < rounds && (round < atLeast || !(best.paretoK <= DOUBTFUL))) {
    const proposal = momentsOf(current);
    if (proposal === null) break;
    current = next(proposal);
    if (current.paretoK < best.paretoK || round <= atLeast) best = current;
  }
  const single = widely(momentsOf(best), best);
  const count = Math.min(COMPONENTS, mostComponents(draws, d));
  if (count < 2 || (single.paretoK <= USABLE && heavySquares(single).length === 0)) return { ...single, evaluations };
  current = { ...best, proposal: null };
  const mixed = (): Proposal | null => mixtureOf(current, current.proposal, count, split(key, 'mixture'));
  for (let i = 0, before: Float64Array | null = null; i < Math.min(rounds, MIXED); i++) {
    const proposal = mixed();
    if (proposal === null) break;
    current = next(proposal);
    const now = deviationsOf(told(current));
    if (before !== null && farthest(apartBy(now, before)) < AGREED && current.paretoK <= DOUBTFUL) break;
    before = now;
  }
  const proposal = current.proposal === null ? null : mixed();
  if (proposal === null || !(current.paretoK <= USABLE)) return { ...single, evaluations };
  const wide = widely(proposal, current);
  const isTaken = wide.paretoK <= DOUBTFUL || (single.paretoK <= USABLE && wide.paretoK <= USABLE);
  return { ...(isTaken ? wide : single), evaluations };
}

const apartBy = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((x, i) => (x === b[i] ? 0 : Math.max(x, b[i]!) / Math.min(x, b[i]!) - 1));
const farthest = (x: Float64Array): number => x.reduce((most, each) => Math.max(most, each), 0);
