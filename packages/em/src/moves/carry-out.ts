import type { Key, Matrix, Tree } from '@mixtention/core';
import { generator, sampleCategorical, split } from '@mixtention/core/numeric';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { regroup, withComponent } from './regroup.ts';
import { type GroupSums, type Now, withSample } from './sample-reading.ts';
import type { Seed } from './seeds.ts';

export type Move = 'birth' | 'merge' | 'delete' | 'split';

/** What could be done, by the numbers of the components that it is about; `split-merge` merges the first two, and has a new one grow out of the third. */
export type Proposal = {
  readonly move: Move | 'split-merge';
  readonly components: readonly number[];
  /** Of a new component. */
  readonly seed?: Seed;
};

const TWO_MEANS_STEPS = 1;

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
