import type { Key, Matrix, Tree } from '@mixtention/core';
import { generator, sampleCategorical, split } from '@mixtention/core/numeric';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { regroup, withComponent } from './regroup.ts';
import { type GroupSums, type Now, type Reading, readSample, withSample } from './sample-reading.ts';
import { growSeeds, type Seed, scoredAlone } from './seeds.ts';

export type Move = 'birth' | 'merge' | 'delete' | 'split';

/** What could be done, by the numbers of the components that it is about; `split-merge` merges the first two, and has a new one grow out of the third. */
export type Proposal = {
  readonly move: Move | 'split-merge';
  readonly components: readonly number[];
  /** Of a new component. */
  readonly seed?: Seed;
};

/** Proposals of each kind in a round. */
const MOST = 6;
/** Of split-and-merge: pairs that are looked at, and seeds. */
const PAIRS = 15;
const SEEDS = 60;
const MOST_BOTH = 8;
const BIRTHS = 2;
const BIRTH_SEEDS = 12;
/** What owns less has died. */
const DEAD = 0.5;
const TWO_MEANS_STEPS = 1;
const EXACT = { precision: 'float64', cuts: [0, 0] } as const;
/** Merges draw nothing. */
const NONE: Key = { seed: 0, path: [] };

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
  if (moves.includes('split-merge')) return K > 1 ? both(algorithm, now, { sample, key }) : [];
  const small = Array.from(stats.counts.keys()).sort((a, b) => stats.counts[a]! - stats.counts[b]! || a - b);
  const of = (move: Move): Proposal[] => {
    if (move === 'merge')
      return (K > 1 ? overlapping(reading) : []).slice(0, MOST).map((components) => ({ move, components }));
    if (move === 'delete') return K > 1 ? deletions(small, stats.counts) : [];
    if (move === 'split')
      return poorest(reading, stats.counts)
        .slice(0, MOST)
        .map((k) => ({ move, components: [k] }));
    const seeds = growSeeds(algorithm, now, { sample, key, count: BIRTH_SEEDS });
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

/** Pairs to merge, by what the sample says is lost, each with seeds, by what it says is gained. */
function both(
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
  const seeds = growSeeds(algorithm, now, { sample, key, count: SEEDS });
  return losses
    .flatMap(({ pair, loss }) => seeds.map((seed) => ({ pair, seed, loss, change: seed.gain - loss })))
    .sort((a, b) => b.change - a.change)
    .slice(0, MOST_BOTH)
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
    const log = withSample(sample, scores, (open) =>
      scoredAlone(algorithm, algorithm.select(inner, [i]), open, regroup(scores, stats, [[i, j]])),
    );
    if (log === null) return Number.POSITIVE_INFINITY;
    const share = Math.log((stats.counts[i]! + stats.counts[j]!) / total);
    for (let n = 0; n < rows; n++) {
      const others = Math.max(0, 1 - R[n * K + i]! - R[n * K + j]!);
      loss -= Math.log(others + Math.exp(Math.min(600, share + log[n]! - evidence[n]!)));
    }
  }
  return (loss * total) / rows;
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
  { move, components, seed }: Proposal,
  now: Now,
  { sample, key }: { readonly sample: Matrix; readonly key: Key },
): Tree | null {
  const { scores, stats, inner, reading } = now;
  const K = reading.components;
  const all = Array.from({ length: K }, (_, k) => k);
  const place = (order: readonly number[], changed: MixtureStats): Tree =>
    algorithm.update(algorithm.select(inner, order), { sum: changed, parts: null }).state as Tree;
  const grouped = (groups: readonly (readonly number[])[]): MixtureStats => regroup(scores, stats, groups);
  if (move === 'delete') {
    const order = all.filter((k) => !components.includes(k));
    return place(order, grouped(order.map((k) => [k])));
  }
  if (move === 'merge') {
    const [first, second] = components as [number, number];
    const order = all.filter((k) => k !== second);
    return place(order, grouped(order.map((k) => (k === first ? [k, second] : [k]))));
  }
  if (seed !== undefined) {
    const { from, share } = seed;
    const [i, j] = components;
    const [order, groups, at] =
      move === 'birth'
        ? [[...all, seed.owner], [...all.map((k) => [k]), [seed.owner]], K]
        : [all, all.map((k) => (k === i ? [k, j!] : [k])), j!];
    const count = share * stats.counts.reduce((sum, n) => sum + n, 0);
    return place(order, withComponent(scores, grouped(groups), at, { count, from, group: 0 }));
  }
  const target = components[0]!;
  const halves = halvesOf(now, target, sample, key);
  if (halves === null) return null;
  const [a, b] = halves.counts as unknown as [number, number];
  const count = stats.counts[target]!;
  const one = withComponent(scores, grouped([...all.map((k) => [k]), [target]]), target, {
    count: (count * a) / (a + b),
    from: halves,
    group: 0,
  });
  const two = withComponent(scores, one, K, { count: (count * b) / (a + b), from: halves, group: 1 });
  return place([...all, target], two);
}

/** The rows of a component in two groups, by two means among those that it owns. */
function halvesOf({ reading, scores }: Now, target: number, sample: Matrix, key: Key): GroupSums | null {
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
  const halves = withSample(sample, scores, (open) => open.sums(shares, 2));
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
