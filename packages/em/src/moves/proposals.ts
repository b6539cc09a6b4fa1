import type { Key, Matrix, Scores, Tree } from '@mixtention/core';
import { generator, sampleCategorical, split } from '@mixtention/core/numeric';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { regroup, withComponent } from './regroup.ts';
import { groupSums, type Reading } from './sample-reading.ts';

export type Move = 'birth' | 'merge' | 'delete' | 'split';

/** What could be done, by the numbers of the components that it is about; `split-merge` merges the first two and splits the third. */
export type Proposal = { readonly move: Move | 'split-merge'; readonly components: readonly number[] };

/** Proposals of each kind in a round. */
const MOST = 6;
/** Of split-and-merge: pairs, times components that are split. */
const PAIRS = 6;
const SPLITS = 3;
/** Rows that a birth takes, the worst of all. */
const WORST = 0.1;
const TWO_MEANS_STEPS = 1;

/** Where the components of a mixture are now. */
export type Now = {
  readonly inner: Tree;
  readonly scores: Scores;
  readonly stats: MixtureStats;
  readonly reading: Reading;
};

/** What is worth trying, the most promising first, by certificates that cost no pass. */
export function propose(
  moves: readonly (Move | 'split-merge')[],
  { reading, stats }: Pick<Now, 'reading' | 'stats'>,
  favourite: string | null,
): Proposal[] {
  const K = reading.components;
  const pairs = K > 1 ? overlapping(reading) : [];
  const poor = poorest(reading, stats.counts);
  const small = Array.from(stats.counts.keys()).sort((a, b) => stats.counts[a]! - stats.counts[b]! || a - b);
  const of = (move: Move): Proposal[] => {
    if (move === 'merge') return pairs.slice(0, MOST).map((components) => ({ move, components }));
    if (move === 'delete') return K > 1 ? small.slice(0, MOST).map((k) => ({ move, components: [k] })) : [];
    if (move === 'split') return poor.slice(0, MOST).map((k) => ({ move, components: [k] }));
    return [{ move, components: [] }];
  };
  if (moves.includes('split-merge')) {
    const both = pairs.slice(0, PAIRS).flatMap(([i, j], p) => {
      const others = poor.filter((k) => k !== i && k !== j).slice(0, SPLITS);
      return others.map((k, s) => ({ move: 'split-merge' as const, components: [i!, j!, k], rank: p + s }));
    });
    return both.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...proposal }) => proposal);
  }
  const known = (['merge', 'delete', 'split', 'birth'] as const).filter((move) => moves.includes(move));
  return known.sort((a, b) => Number(b === favourite) - Number(a === favourite)).flatMap(of);
}

/** Pairs of components that share rows, those that share the most first: the cosine of their responsibilities (Ueda et al. 2000, eq. 3.3). */
export function overlapping({ rows, components: K, responsibilities: R }: Reading): number[][] {
  const products = new Float64Array(K * K);
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < K; i++) {
      const r = R[n * K + i]!;
      if (r < 1e-6) continue;
      for (let j = 0; j <= i; j++) products[i * K + j]! += r * R[n * K + j]!;
    }
  const cosine = ([i, j]: readonly number[]): number =>
    products[j! * K + i!]! / Math.sqrt(products[i! * K + i!]! * products[j! * K + j!]! || 1);
  const all = Array.from({ length: K }, (_, j) => Array.from({ length: j }, (__, i) => [i, j])).flat();
  return all.sort((a, b) => cosine(b) - cosine(a));
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

/** The state that a proposal leads to, made of statistics alone; null where there are no rows to make it of. */
export function carryOut(
  algorithm: SummedAlgorithm,
  proposal: Proposal,
  now: Now,
  { sample, key }: { readonly sample: Matrix; readonly key: Key },
): Tree | null {
  const { move, components } = proposal;
  const { scores, stats, inner, reading } = now;
  const K = reading.components;
  const all = Array.from({ length: K }, (_, k) => k);
  const place = (order: readonly number[], changed: MixtureStats): Tree =>
    algorithm.update(algorithm.select(inner, order), { sum: changed, parts: null }).state as Tree;
  if (move === 'merge' || move === 'delete') {
    const [first, second] = move === 'merge' ? components : [-1, components[0]];
    const order = all.filter((k) => k !== second);
    return place(
      order,
      regroup(
        scores,
        stats,
        order.map((k) => (k === first ? [k, second!] : [k])),
      ),
    );
  }
  if (move === 'birth') return born(now, { sample, key, place, all });
  const target = components.at(-1)!;
  const halves = halvesOf(now, target, sample, key);
  if (halves === null) return null;
  const [i, j] = components;
  const order = move === 'split' ? [...all, target] : all;
  const groups =
    move === 'split'
      ? [...all.map((k) => [k]), [target]]
      : all.map((k) => (k === i ? [k, j!] : k === j ? [target] : [k]));
  const share = halves.counts[0]! / (halves.counts[0]! + halves.counts[1]!);
  const count = stats.counts[target]!;
  const other = move === 'split' ? K : j!;
  const one = withComponent(scores, regroup(scores, stats, groups), target, {
    count: count * share,
    from: halves,
    group: 0,
  });
  return place(order, withComponent(scores, one, other, { count: count * (1 - share), from: halves, group: 1 }));
}

type Halves = { readonly counts: Float64Array; readonly sums: readonly Float64Array[] };

/** The rows of a component in two groups, by two means among those that it owns. */
function halvesOf({ reading, scores }: Now, target: number, sample: Matrix, key: Key): Halves | null {
  const { rows, components: K, responsibilities: R } = reading;
  const owned = Float64Array.from({ length: rows }, (_, n) => R[n * K + target]!);
  if (owned.reduce((sum, r) => sum + r, 0) < 4) return null;
  const random = generator(split(key, 'split', target));
  const distances = (center: Float64Array): Float64Array =>
    Float64Array.from({ length: rows }, (_, n) => {
      let sum = 0;
      for (let d = 0; d < sample.cols; d++) sum += (sample.data[n * sample.cols + d]! - center[d]!) ** 2;
      return sum;
    });
  const rowAt = (n: number): Float64Array =>
    Float64Array.from(sample.data.subarray(n * sample.cols, (n + 1) * sample.cols));
  let centers = [rowAt(sampleCategorical(random, owned))];
  const far = distances(centers[0]!).map((d, n) => d * owned[n]!);
  if (!(far.reduce((sum, d) => sum + d, 0) > 0)) return null;
  centers.push(rowAt(sampleCategorical(random, far)));
  const shares = new Float64Array(2 * rows);
  for (let step = 0; step < TWO_MEANS_STEPS; step++) {
    const [a, b] = centers.map(distances);
    for (let n = 0; n < rows; n++) {
      const isFirst = a![n]! <= b![n]!;
      shares[2 * n] = isFirst ? owned[n]! : 0;
      shares[2 * n + 1] = isFirst ? 0 : owned[n]!;
    }
    centers = [0, 1].map((g) => meanOf(sample, (n) => shares[2 * n + g]!));
  }
  const halves = groupSums(sample, scores, shares, 2);
  return halves.counts.every((n) => n >= 2) ? halves : null;
}

function meanOf({ data, rows, cols }: Matrix, weight: (n: number) => number): Float64Array {
  const mean = new Float64Array(cols);
  let total = 0;
  for (let n = 0; n < rows; n++) {
    const w = weight(n);
    if (w === 0) continue;
    total += w;
    for (let d = 0; d < cols; d++) mean[d]! += w * data[n * cols + d]!;
  }
  return mean.map((sum) => sum / (total || 1));
}

type Birth = {
  readonly sample: Matrix;
  readonly key: Key;
  readonly all: readonly number[];
  place(order: readonly number[], stats: MixtureStats): Tree;
};

/** A component of the rows that are told the worst: one of them, and those of them that lie nearest to it. */
function born({ reading, scores, stats }: Now, { sample, key, place, all }: Birth): Tree | null {
  const { rows, components: K, evidence } = reading;
  const count = Math.max(8, Math.ceil(WORST * rows));
  if (rows < 4 * count && rows < 32) return null;
  const worst = Array.from(evidence.keys())
    .sort((a, b) => evidence[a]! - evidence[b]! || a - b)
    .slice(0, 2 * count);
  const at = worst[generator(split(key, 'birth')).integer(Math.ceil(worst.length / 2))]!;
  const distance = (n: number): number => {
    let sum = 0;
    for (let d = 0; d < sample.cols; d++)
      sum += (sample.data[n * sample.cols + d]! - sample.data[at * sample.cols + d]!) ** 2;
    return sum;
  };
  const near = worst
    .map((n) => ({ n, far: distance(n) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, Math.ceil(count / 2));
  const shares = new Float64Array(rows);
  for (const { n } of near) shares[n] = 1;
  const total = stats.counts.reduce((sum, n) => sum + n, 0);
  const from = groupSums(sample, scores, shares, 1);
  const first = Array.from(stats.counts.keys()).reduce(
    (most, k) => (stats.counts[k]! > stats.counts[most]! ? k : most),
    0,
  );
  const wider = regroup(scores, stats, [...all.map((k) => [k]), [first]]);
  return place(
    [...all, first],
    withComponent(scores, wider, K, { count: (total * near.length) / rows, from, group: 0 }),
  );
}
