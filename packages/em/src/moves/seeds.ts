import type { Key, Matrix, StepInfo, Tree } from '@mixtention/core';
import { generator, sampleCategorical, split } from '@mixtention/core/numeric';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { regroup, withComponent } from './regroup.ts';
import { type GroupSums, type Now, type OpenSample, type Reading, withSample } from './sample-reading.ts';

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

/** Where growth begins: the nearest of the owner's rows, so many of them. */
const PARTS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
/** Steps of all seeds, and those of the best third on top. */
const FIRST_STEPS = 3;
const MORE_STEPS = 8;
/** Gains and shares of two seeds that are one differ by less, relative. */
const SAME = 0.02;
/** Rows of a component at least, in columns: fewer would tell no covariance. */
const ROWS_A_COLUMN = 2;

/**
 * Components that could be added to a mixture, the most promising first: some rows and their neighbours, grown by EM of that component alone on the sample.
 *
 *     a_n = w g(x_n) / ((1 − w) p(x_n) + w g(x_n));   w = mean a,  g from Σ a T(x);   gain = Σ log( (1 − w) + w g(x_n) / p(x_n) )
 *
 * Source: Verbeek, Vlassis & Kröse (2003), Efficient greedy learning of Gaussian mixture models, Neural Computation 15.
 */
export function growSeeds(
  algorithm: SummedAlgorithm,
  now: Now,
  { sample, key, count }: { readonly sample: Matrix; readonly key: Key; readonly count: number },
): Seed[] {
  const random = generator(split(key, 'seeds'));
  const { rows, components: K, responsibilities: R } = now.reading;
  const parts = new Map<number, number[][]>();
  for (let i = 0; i < count; i++) {
    const at = random.integer(rows);
    const owner = sampleCategorical(random, R.subarray(at * K, (at + 1) * K));
    parts.set(owner, [...(parts.get(owner) ?? []), [at, PARTS[i % PARTS.length]!]]);
  }
  const grown = [...parts].flatMap(([owner, begun]) => {
    const owned = rowsOf(now.reading, sample, owner);
    return withSample(owned.x, now.scores, (open) => {
      const from = { algorithm, now, owned, open };
      return begun.map(([at, part]) => {
        const shares = beginning(owned, sample, { at: at!, part: part! });
        const seed = shares && grow(from, { shares, steps: FIRST_STEPS });
        return { from, seed };
      });
    });
  });
  const known = grown.filter(({ seed }) => seed !== null).sort((a, b) => b.seed!.gain - a.seed!.gain);
  return known
    .slice(0, Math.ceil(known.length / 3))
    .map(({ from, seed }) => more(from, seed!))
    .sort((a, b) => b.gain - a.gain)
    .filter((seed, i, all) => !all.slice(0, i).some((other) => isSame(seed, other)));
}

/** Growth that began elsewhere may end in the same component. */
function isSame(a: Seed, b: Seed): boolean {
  return (
    a.owner === b.owner &&
    Math.abs(a.gain - b.gain) < SAME * Math.abs(b.gain) &&
    Math.abs(a.share - b.share) < SAME * b.share
  );
}

function more({ open: _, ...from }: Growing, first: Grown): Seed {
  const { shares: __, ...seed } =
    withSample(from.owned.x, from.now.scores, (open) =>
      grow({ ...from, open }, { shares: first.shares, steps: MORE_STEPS }),
    ) ?? first;
  return seed;
}

/** Rows that a component has a share of: only they are looked at. */
type Owned = {
  readonly owner: number;
  readonly x: Matrix & { readonly data: Float64Array };
  /** Its responsibility for each, and the evidence of each. */
  readonly shares: Float64Array;
  readonly evidence: Float64Array;
  /** How many these are, and 1/variance of each column among them. */
  readonly count: number;
  readonly scale: Float64Array;
  /** Rows of the sample. */
  readonly of: number;
};

function rowsOf({ rows, components: K, responsibilities: R, evidence }: Reading, x: Matrix, owner: number): Owned {
  const D = x.cols;
  const own = Array.from({ length: rows }, (_, n) => n).filter((n) => R[n * K + owner]! > 1e-3);
  const data = new Float64Array(own.length * D);
  let count = 0;
  const [mean, square] = [new Float64Array(D), new Float64Array(D)];
  for (const [i, n] of own.entries()) {
    const r = R[n * K + owner]!;
    count += r;
    for (let d = 0; d < D; d++) {
      const v = x.data[n * D + d]!;
      data[i * D + d] = v;
      mean[d]! += r * v;
      square[d]! += r * v * v;
    }
  }
  return {
    owner,
    x: { data, rows: own.length, cols: D },
    shares: Float64Array.from(own, (n) => R[n * K + owner]!),
    evidence: Float64Array.from(own, (n) => evidence[n]!),
    count,
    scale: square.map((s, d) => 1 / (s / count - (mean[d]! / count) ** 2 || 1)),
    of: rows,
  };
}

/** The owner's rows that lie nearest to one of the sample, in the owner's units: their shares. */
function beginning(
  { x, shares, count, scale }: Owned,
  sample: Matrix,
  { at, part }: { readonly at: number; readonly part: number },
): Float64Array | null {
  const D = x.cols;
  const wanted = Math.ceil(Math.max(4, Math.min(ROWS_A_COLUMN * D, count / 8), part * count));
  if (!(wanted < x.rows)) return null;
  const far = new Float64Array(x.rows);
  for (let n = 0; n < x.rows; n++)
    for (let d = 0; d < D; d++) far[n]! += scale[d]! * (x.data[n * D + d]! - sample.data[at * D + d]!) ** 2;
  const most = far.slice().sort()[wanted - 1]!;
  return shares.map((r, n) => (far[n]! <= most ? r : 0));
}

type Growing = {
  readonly algorithm: SummedAlgorithm;
  readonly now: Now;
  readonly owned: Owned;
  /** The owner's rows. */
  readonly open: OpenSample;
};
type Grown = Seed & { readonly shares: Float64Array };

/** EM of one component beside a mixture that stays as it is; null where it shrinks to nothing, or to its floor. */
function grow(
  { algorithm, now: { inner, scores, stats }, owned, open }: Growing,
  { shares, steps }: { readonly shares: Float64Array; readonly steps: number },
): Grown | null {
  const { owner, evidence, of } = owned;
  const total = stats.counts.reduce((sum, n) => sum + n, 0);
  const alone = algorithm.select(inner, [owner]);
  const as = regroup(scores, stats, [[owner]]);
  let grown: Grown | null = null;
  let own = shares;
  for (let step = 0; step < steps; step++) {
    const from = open.sums(own, 1);
    const share = from.counts[0]! / of;
    if (!(from.counts[0]! >= 2) || share >= 1) return null;
    const made = withComponent(scores, pooledOf(as, from), 0, { count: share * total, from, group: 0 });
    const log = scoredAlone(algorithm, alone, open, made);
    if (log === null) return null;
    const next = new Float64Array(own.length);
    // Rows of others lose their share of it.
    let gain = (of - own.length) * Math.log1p(-share);
    for (let n = 0; n < own.length; n++) {
      const a = Math.exp(Math.min(600, Math.log(share) + log[n]! - evidence[n]!));
      gain += Math.log(1 - share + a);
      next[n] = a / (1 - share + a);
    }
    if (!Number.isFinite(gain)) return null;
    grown = { owner, share, from, gain: (gain * total) / of, shares: next };
    own = next;
  }
  return grown;
}

/** What is pooled over components is that of the group where it is alone. */
function pooledOf(stats: MixtureStats, from: GroupSums): MixtureStats {
  return { ...stats, sums: from.sums.map((sum) => sum.slice()) };
}

/** The scores of the sample under one component of its own, its weight aside; null where it is at its floor. */
export function scoredAlone(
  algorithm: SummedAlgorithm,
  state: Tree,
  sample: OpenSample,
  stats: MixtureStats,
): Float64Array | null {
  const { state: next, info } = algorithm.update(state, { sum: stats, parts: null });
  if (((info as StepInfo | null)?.degenerate?.length ?? 0) > 0) return null;
  const { message } = algorithm.ask(next as Tree, { precision: 'float64', cuts: [0, 0] });
  return sample.score(algorithm.scores(message));
}
