import type { StepInfo, Tree } from '@mixtention/core';
import { sampleRows } from '@mixtention/core/data';
import { generator, key, split } from '@mixtention/core/numeric';
import type { Course } from '@mixtention/mixture/fit';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { overlapping } from '../moves/overlapping.ts';
import { regroup } from '../moves/regroup.ts';
import { readSample, thinned } from '../moves/sample-reading.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';

/** A mixture on the way down, as all rows tell of it. */
export type Level = {
  readonly state: Tree;
  readonly info: StepInfo;
  readonly stats: MixtureStats;
  /** The node that component k is. */
  readonly nodes: readonly number[];
};

/** A merge, the mixture right after it, and the one after the steps that followed. */
export type Down = { readonly pair: readonly [number, number]; readonly merged: Level; readonly level: Level };

export type DownSetting = {
  readonly algorithm: SummedAlgorithm;
  readonly course: Course;
  readonly pairs: number;
  readonly steps: number;
  readonly seed: number;
  /** What is compared: the lower the better. */
  costOf(level: Level): number;
};

/** Merges components one pair after another, and hands out each mixture: the first as it came. */
export async function* mergeDown(
  { state: first, order }: { readonly state: Tree; readonly order: readonly number[] },
  { algorithm, course, pairs, steps, seed, costOf }: DownSetting,
): AsyncGenerator<Down | Level> {
  const { data, executor, signal } = course;
  const random = generator(split(key(seed), 'merge-tree'));
  const sample = thinned(sampleRows(data, { components: order.length, random }));
  const messageOf = (state: Tree): Tree => algorithm.ask(state, { precision: 'float64', cuts: data.cuts }).message;
  /** One pass in float64: differences count. */
  const measure = async (state: Tree, nodes: readonly number[]): Promise<Level> => {
    const ask = { message: messageOf(state) };
    const collected = await executor.collect(algorithm, ask, data, { precision: 'float64', signal });
    const stats = collected.sum as MixtureStats;
    const { state: next, info } = algorithm.update(state, { sum: stats, parts: null });
    // The first states of some algorithms are intermediate.
    return info === null ? measure(next, nodes) : { state, info, stats, nodes };
  };
  const stepOn = ({ state, stats, nodes }: Level): Promise<Level> => {
    const next = algorithm.update(state, { sum: stats, parts: null });
    return measure(next.state, reordered(nodes, next.info));
  };

  let level = await measure(
    algorithm.select(first, order),
    order.map((_, k) => k),
  );
  let fresh = level.nodes.length;
  yield level;
  while (level.nodes.length > 1) {
    const now = level;
    const scores = algorithm.scores(messageOf(now.state));
    let best: { readonly pair: readonly [number, number]; readonly merged: Level } | null = null;
    for (const [i, j] of overlapping(readSample(sample, scores)).slice(0, pairs) as [number, number][]) {
      const kept = now.nodes.map((_, k) => k).filter((k) => k !== j);
      const groups = kept.map((k) => (k === i ? [i, j] : [k]));
      const stats = regroup(scores, now.stats, groups);
      const next = algorithm.update(algorithm.select(now.state, kept), { sum: stats, parts: null });
      const nodes = kept.map((k) => (k === i ? fresh : now.nodes[k]!));
      const merged = await measure(next.state, reordered(nodes, next.info));
      if (best === null || costOf(merged) < costOf(best.merged))
        best = { pair: [now.nodes[i]!, now.nodes[j]!], merged };
    }
    level = best!.merged;
    for (let step = 0; step < steps; step++) level = await stepOn(level);
    fresh++;
    yield { ...best!, level };
  }
}

/** Names of components after a step that may have put them into another order. */
function reordered(nodes: readonly number[], info: StepInfo | null): readonly number[] {
  const event = info?.events?.find(({ name }) => name === 'reorder');
  return event === undefined ? nodes : (event.order as readonly number[]).map((old) => nodes[old]!);
}
