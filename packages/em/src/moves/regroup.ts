import type { Scores } from '@mixtention/core';
import { sumsLength } from '@mixtention/core/kernel';
import type { MixtureStats } from '../mixture/collect-mixture.ts';

/** Statistics when component k is all the components `groups[k]` in one; none is left with what it had. What is pooled over components stays as it is. */
export function regroup(
  { terms, components: K }: Scores,
  stats: MixtureStats,
  groups: readonly (readonly number[])[],
): MixtureStats {
  const added = (array: Float64Array, width: number): Float64Array => {
    const sums = new Float64Array(groups.length * width);
    for (const [k, group] of groups.entries())
      for (const old of group) for (let i = 0; i < width; i++) sums[k * width + i]! += array[old * width + i]!;
    return sums;
  };
  const sums = terms.map(({ statistics: { squares }, width }, t) => {
    const own = stats.sums[t]!;
    if (squares !== 'pooled') return added(own, sumsLength(squares, width, 1));
    return joined(added(own.subarray(0, K * width), width), own.subarray(K * width));
  });
  return { ...stats, counts: added(stats.counts, 1), sums };
}

/** Statistics with one component in the place of some others, told by means of its rows: `count` rows like them. */
export function withComponent(
  scores: Scores,
  stats: MixtureStats,
  k: number,
  {
    count,
    from,
    group,
  }: {
    readonly count: number;
    readonly from: { readonly counts: Float64Array; readonly sums: readonly Float64Array[] };
    readonly group: number;
  },
): MixtureStats {
  const times = count / from.counts[group]!;
  const sums = scores.terms.map(({ statistics: { squares }, width }, t) => {
    const size = squares === 'pooled' ? width : sumsLength(squares, width, 1);
    const own = stats.sums[t]!.slice();
    for (let i = 0; i < size; i++) own[k * size + i] = times * from.sums[t]![group * size + i]!;
    return own;
  });
  return { ...stats, counts: stats.counts.with(k, count), sums };
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
