import type { Scores, StepInfo } from '@mixtention/core';
import { expectedScore, sumsLength } from '@mixtention/core/kernel';
import type { MixtureStats } from '../mixture/collect-mixture.ts';

/** Statistics of no rows. */
export function noStats({ components: K, terms }: Scores): MixtureStats {
  return {
    counts: new Float64Array(K),
    sums: terms.map(({ statistics, width }) => new Float64Array(sumsLength(statistics.squares, width, K))),
    logEvidence: 0,
    logMaxResponsibility: 0,
    logBase: 0,
    orphans: 0,
    magnitude: 0,
    precision: 'float64',
    exact: true,
  };
}

/** Statistics of all rows that some statistics are of; in float32 where any of them are. */
export function sumOf(all: readonly MixtureStats[]): MixtureStats {
  const [first, ...rest] = all as readonly [MixtureStats, ...MixtureStats[]];
  const total = { ...first, counts: first.counts.slice(), sums: first.sums.map((sum) => sum.slice()) };
  // Memoized batches are summed at every update: arrays of their own for each addition would take longer than the rows.
  for (const one of rest) {
    addTo(total.counts, one.counts);
    for (const [t, sum] of total.sums.entries()) addTo(sum, one.sums[t]!);
    Object.assign(
      total,
      scalars(total, one, (a, b) => a + b),
    );
  }
  return total;
}

function addTo(total: Float64Array, one: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i]! += one[i]!;
}

/** `(1 − rate)·old + rate·times·fresh`: at rate 1 and once, `fresh` to the last bit. */
export function blend(old: MixtureStats, fresh: MixtureStats, rate: number, times: number): MixtureStats {
  const mixed = scalars(old, fresh, (a, b) => (1 - rate) * a + rate * (times * b));
  const blended = (a: Float64Array, b: Float64Array): Float64Array => {
    // Every minibatch blends all statistics: a call for each number would take longer than its rows.
    const made = new Float64Array(a.length);
    for (let i = 0; i < made.length; i++) made[i] = (1 - rate) * a[i]! + rate * (times * b[i]!);
    return made;
  };
  return {
    counts: blended(old.counts, fresh.counts),
    sums: old.sums.map((sum, t) => blended(sum, fresh.sums[t]!)),
    ...mixed,
    // Rows that nothing has made are not forgotten little by little.
    orphans: fresh.orphans,
  };
}

/** `keep·drift + fresh − old`: what sums have moved by of late. */
export function drifted(drift: MixtureStats, old: MixtureStats, fresh: MixtureStats, keep: number): MixtureStats {
  // At every batch, over all sums: one loop without calls.
  const moved = (a: Float64Array, b: Float64Array, c: Float64Array): Float64Array => {
    const sum = new Float64Array(a.length);
    for (let i = 0; i < sum.length; i++) sum[i] = keep * a[i]! + (c[i]! - b[i]!);
    return sum;
  };
  return {
    ...drift,
    counts: moved(drift.counts, old.counts, fresh.counts),
    sums: drift.sums.map((sum, t) => moved(sum, old.sums[t]!, fresh.sums[t]!)),
  };
}

/**
 * `total + share·drift`, for statistics as they will be. A component that would lose half of what it owns stays as it is.
 *
 * @param scores  whose terms the sums belong to
 */
export function foreseen(
  { terms, components: K }: Scores,
  total: MixtureStats,
  drift: MixtureStats,
  share: number,
): MixtureStats {
  const shares = total.counts.map((n, k) => (n + share * drift.counts[k]! >= n / 2 ? share : 0));
  const moved = (array: Float64Array, by: Float64Array, width: number): Float64Array => {
    const sum = new Float64Array(array.length);
    // What is pooled over components is behind them.
    for (let k = 0; k <= K; k++) {
      const own = k < K ? shares[k]! : Math.min(...shares);
      const end = k < K ? (k + 1) * width : sum.length;
      for (let i = k * width; i < end; i++) sum[i] = array[i]! + own * by[i]!;
    }
    return sum;
  };
  const sums = terms.map(({ statistics: { squares }, width }, t) =>
    moved(total.sums[t]!, drift.sums[t]!, squares === 'pooled' ? width : sumsLength(squares, width, 1)),
  );
  return { ...total, counts: moved(total.counts, drift.counts, 1), sums };
}

/** What is not of single components. */
function scalars(
  a: MixtureStats,
  b: MixtureStats,
  add: (a: number, b: number) => number,
): Omit<MixtureStats, 'counts' | 'sums'> {
  return {
    logEvidence: add(a.logEvidence, b.logEvidence),
    logMaxResponsibility: add(a.logMaxResponsibility, b.logMaxResponsibility),
    logBase: add(a.logBase, b.logBase),
    orphans: add(a.orphans, b.orphans),
    magnitude: add(a.magnitude, b.magnitude),
    precision: a.precision === 'float32' ? a.precision : b.precision,
    exact: a.exact && b.exact,
  };
}

/**
 * What of the evidence of some rows does not belong to parameters: the entropy of their responsibilities, and their base measure.
 *
 *     Σ log Σ_k exp L_nk = Σ r_nk L_nk + H(r)
 *
 * @param scores  that the statistics were collected under
 */
export function constantOf(scores: Scores, { counts, sums, logEvidence }: MixtureStats): number {
  return logEvidence - expectedScore(scores, counts, sums);
}

/** The same statistics when component k is the old one `order[k]`: some may be left out. What is pooled over components stays as it is. */
export function selectStats(
  { terms, components: K }: Scores,
  stats: MixtureStats,
  order: readonly number[],
): MixtureStats {
  const own = (array: Float64Array, width: number): Float64Array => {
    const chosen = new Float64Array(order.length * width);
    for (const [k, old] of order.entries()) chosen.set(array.subarray(old * width, (old + 1) * width), k * width);
    return chosen;
  };
  const sums = terms.map(({ statistics: { squares }, width }, t) => {
    const sum = stats.sums[t]!;
    if (squares !== 'pooled') return own(sum, sumsLength(squares, width, 1));
    return Float64Array.of(...own(sum.subarray(0, K * width), width), ...sum.subarray(K * width));
  });
  return { ...stats, counts: own(stats.counts, 1), sums };
}

/** In which order a step has put the components, where it has. */
export function orderIn(info: StepInfo | null): readonly number[] | null {
  const event = info?.events?.find(({ name }) => name === 'reorder');
  return event === undefined ? null : (event.order as readonly number[]);
}

/** What the rounding of an expected score is relative to: the terms that it adds up, which nearly cancel where a component is narrow and far from 0. */
export function sizeOf({ terms, components: K }: Scores, { counts, sums }: MixtureStats): number {
  let size = 0;
  for (const [t, term] of terms.entries()) {
    if (term.form === 'linear') {
      const C = term.width;
      const stride = sums[t]!.length / K;
      for (let k = 0; k < K; k++)
        for (let c = 0; c < C; c++)
          if (counts[k]! > 0) size += Math.abs(sums[t]![k * stride + c]! * term.natural[k * C + c]!);
    } else {
      const R = term.offset.length / K;
      // ‖W t‖², 2 c·W t and ‖c‖², where W t is about c.
      for (let i = 0; i < term.offset.length; i++) size += 4 * counts[Math.floor(i / R)]! * term.offset[i]! ** 2;
    }
  }
  return size;
}
