import type { Key, Matrix, StepInfo, Tree } from '@mixtention/core';
import { generator, sampleCategorical, split } from '@mixtention/core/numeric';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { orderIn, selectStats } from '../schedule/stats.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { fewestRows, nearest, type Owned, rowsOf } from './owned-rows.ts';
import { type GroupSums, type Now, type OpenSample, withSample } from './sample-reading.ts';

/** A component that could be added, as the sample tells. */
export type Seed = {
  /** Whose rows it grew out of. */
  readonly owner: number;
  /** Share of all rows that it would have. */
  readonly share: number;
  /** What it is made of. */
  readonly from: GroupSums;
  /** What it would add to the evidence of all rows, the others staying as they are (nats). */
  readonly gain: number;
};

/** How seeds grow. */
export type Growth = {
  readonly sample: Matrix;
  readonly key: Key;
  /** How many begin. */
  readonly count: number;
  /** Where they begin: the nearest of the owner's rows, by turns this part of them, or (from 1) so many a column. */
  readonly sizes: readonly number[];
  /** Steps of all seeds, those of the best third on top, and so on. */
  readonly steps: readonly number[];
};

/** Gains and shares of two seeds that are one differ by less, relative. */
const SAME = 0.02;
/** Seeds that grow in one pass over the owner's rows. */
const BESIDE = 32;
/** A row whose share is less than e to this is not the component's. */
const NOTHING = -16;
const EXACT = { precision: 'float64', cuts: [0, 0] } as const;

/**
 * Components that could be added to a mixture, the most promising first: some rows and their neighbours, grown by EM of that component alone on the sample.
 *
 *     a_n = w g(x_n) / ((1 − w) p(x_n) + w g(x_n));   w = mean a,  g from Σ a T(x);   gain = Σ log( (1 − w) + w g(x_n) / p(x_n) )
 *
 * Source: Verbeek, Vlassis & Kröse (2003), Efficient greedy learning of Gaussian mixture models, Neural Computation 15; most grow a few steps only, by successive halving.
 */
export function growSeeds(algorithm: SummedAlgorithm, now: Now, { sample, key, count, sizes, steps }: Growth): Seed[] {
  const random = generator(split(key, 'seeds'));
  const { rows, components: K, responsibilities: R } = now.reading;
  const known = new Map<number, Owned>();
  let left: Beginning[] = [];
  for (let i = 0; i < count; i++) {
    const at = random.integer(rows);
    const owner = sampleCategorical(random, R.subarray(at * K, (at + 1) * K));
    const owned = known.get(owner) ?? rowsOf(now.reading, sample, owner);
    known.set(owner, owned);
    const shares = nearest(
      owned,
      sample.data.subarray(at * sample.cols, (at + 1) * sample.cols),
      sizes[i % sizes.length]!,
    );
    if (shares !== null) left.push({ owned, shares });
  }
  let grown: Grown[] = [];
  for (const most of steps) {
    grown = growAll(algorithm, now, left, most).sort((a, b) => b.gain - a.gain);
    left = distinct(grown).slice(0, Math.ceil(left.length / 3));
  }
  return distinct(grown).map(({ owner, share, from, gain }) => ({ owner, share, from, gain }));
}

/** Growth that began elsewhere may end in the same component. */
function distinct(seeds: readonly Grown[]): Grown[] {
  const isSame = (a: Seed, b: Seed): boolean =>
    a.owner === b.owner &&
    Math.abs(a.gain - b.gain) < SAME * Math.abs(b.gain) &&
    Math.abs(a.share - b.share) < SAME * b.share;
  return seeds.filter((seed, i) => !seeds.slice(0, i).some((other) => isSame(seed, other)));
}

/** Shares of the owner's rows. */
type Beginning = { readonly owned: Owned; readonly shares: Float64Array };
type Grown = Seed & Beginning;

/** Those of one owner grow beside one another, but where their statistics are pooled. */
function growAll(algorithm: SummedAlgorithm, now: Now, beginnings: readonly Beginning[], steps: number): Grown[] {
  const isPooled = now.scores.terms.some(({ statistics }) => statistics.squares === 'pooled');
  const beside = isPooled ? 1 : BESIDE;
  return [...new Set(beginnings.map(({ owned }) => owned))].flatMap((owned) => {
    const own = beginnings.filter((beginning) => beginning.owned === owned);
    return withSample(owned.x, now.scores, (open) =>
      Array.from({ length: Math.ceil(own.length / beside) }, (_, i) => own.slice(i * beside, (i + 1) * beside)).flatMap(
        (some) => grow(algorithm, now, { owned, open, seeds: some.map(({ shares }) => shares), steps }),
      ),
    );
  });
}

type Growing = {
  readonly owned: Owned;
  /** The owner's rows. */
  readonly open: OpenSample;
  readonly seeds: readonly Float64Array[];
  readonly steps: number;
};

/** EM of single components, each by itself beside a mixture that stays as it is; those that shrink to a few rows, or to their floor, are left out. */
function grow(algorithm: SummedAlgorithm, now: Now, { owned, open, seeds, steps }: Growing): Grown[] {
  const { owner, of } = owned;
  const { rows } = owned.x;
  const total = now.stats.counts.reduce((sum, n) => sum + n, 0);
  const least = fewestRows(owned);
  let R: Float64Array = interleaved(seeds);
  let left = seeds.length;
  let gains: Float64Array = new Float64Array(left);
  let made = now.stats;
  for (let step = 0; step < steps && left > 0; step++) {
    const from = open.sums(R, left);
    const isSound = (n: number): boolean => n >= least && n < of;
    const sound = Array.from(from.counts.keys()).filter((g) => isSound(from.counts[g]!));
    const sums = selectStats({ ...now.scores, components: left }, madeOf(now.stats, from, total / of), sound);
    const alone = scoredAlone(algorithm, now.inner, { owner, open, stats: sums });
    const { order } = alone;
    made = selectStats({ ...now.scores, components: sound.length }, sums, order);
    left = order.length;
    const logTotal = Math.log(sums.counts.reduce((sum, n) => sum + n, 0) / total);
    ({ R, gains } = sharesOf(owned, { ...alone, logTotal, shares: made.counts.map((n) => n / total) }));
  }
  return Array.from(gains.keys(), (g) => {
    const { counts, sums } = selectStats({ ...now.scores, components: left }, made, [g]);
    const shares = Float64Array.from({ length: rows }, (_, n) => R[n * left + g]!);
    return { owner, share: counts[0]! / total, from: { counts, sums }, gain: (gains[g]! * total) / of, owned, shares };
  }).filter(({ gain }) => Number.isFinite(gain));
}

/** Shares of rows `[n, J]` that each component takes from the mixture by itself, and what the sample gains of evidence by it. */
function sharesOf(
  { evidence, of, x: { rows } }: Owned,
  {
    log,
    width,
    columns,
    logTotal,
    shares,
  }: Pick<Alone, 'log' | 'width' | 'columns'> & { readonly logTotal: number; readonly shares: Float64Array },
): { readonly R: Float64Array; readonly gains: Float64Array } {
  const left = columns.length;
  const R = new Float64Array(rows * left);
  const rest = shares.map((share) => Math.log1p(-share));
  // Rows of others lose their share of it.
  const gains = rest.map((lost) => (of - rows) * lost);
  for (let n = 0; n < rows; n++)
    for (let g = 0; g < left; g++) {
      const logShare = logTotal + log[n * width + columns[g]!]! - evidence[n]!;
      if (logShare < NOTHING) {
        gains[g]! += rest[g]!;
        continue;
      }
      const a = Math.exp(Math.min(600, logShare));
      const all = 1 - shares[g]! + a;
      gains[g]! += Math.log(all);
      R[n * left + g] = a / all;
    }
  return { R, gains };
}

function interleaved(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.length * (columns[0]?.length ?? 0));
  for (const [g, column] of columns.entries())
    for (let n = 0; n < column.length; n++) all[n * columns.length + g] = column[n]!;
  return all;
}

/** Statistics of all rows where every row of the sample stands for so many, and there are no components but its groups. */
function madeOf(stats: MixtureStats, { counts, sums }: GroupSums, times: number): MixtureStats {
  return { ...stats, counts: counts.map((n) => times * n), sums: sums.map((sum) => sum.map((s) => times * s)) };
}

type Alone = {
  /** Log densities of rows with the components' shares of what they have together, `[n, width]`. */
  readonly log: Float64Array;
  readonly width: number;
  /** Of the components that came those that are not at their floor, and where each of them stands. */
  readonly order: readonly number[];
  readonly columns: readonly number[];
};

/** Some rows under components of their own that are like another. */
export function scoredAlone(
  algorithm: SummedAlgorithm,
  inner: Tree,
  { owner, open, stats }: { readonly owner: number; readonly open: OpenSample; readonly stats: MixtureStats },
): Alone {
  const width = stats.counts.length;
  if (width === 0) return { log: new Float64Array(0), width, order: [], columns: [] };
  const state = algorithm.select(inner, new Array<number>(width).fill(owner)) as Tree;
  const { state: next, info } = algorithm.update(state, { sum: stats, parts: null });
  const dead = new Set((info as StepInfo | null)?.degenerate ?? []);
  const log = open.score(algorithm.scores(algorithm.ask(next as Tree, EXACT).message));
  // Sticks have an order of their own.
  const places = orderIn(info as StepInfo | null) ?? Array.from({ length: width }, (_, g) => g);
  const columns = Array.from(places.keys()).filter((k) => !dead.has(places[k]!));
  return { log, width, order: columns.map((k) => places[k]!), columns };
}
