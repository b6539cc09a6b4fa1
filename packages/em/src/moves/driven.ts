import type { StepInfo, Tree } from '@mixtention/core';
import { type MemoizedState, memoized } from '../memoized/memoized.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { Dealt } from '../schedule/batches.ts';
import { sumOf } from '../schedule/stats.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';

type About = Parameters<SummedAlgorithm['ask']>[1];

/** What a pass, or a batch of one, came to. */
export type DrivenStep = {
  readonly state: Tree;
  readonly info: StepInfo | null;
  readonly believed?: boolean;
  /** Whether all rows have been seen since the last such step. */
  readonly isPass: boolean;
  /** The state of the algorithm that the objective belongs to, and the statistics of all rows that it was measured with. */
  readonly from: Tree;
  readonly stats: () => MixtureStats;
};

/** The schedule that moves happen under. */
export type Driven = {
  around(inner: Tree): Tree;
  innerOf(state: Tree): Tree;
  ask(state: Tree, about: About): ReturnType<SummedAlgorithm['ask']>;
  update(state: Tree, sum: MixtureStats): DrivenStep;
};

/** Updates after passes over all rows, or after every batch, whose statistics are kept. */
export function drivenBy(algorithm: SummedAlgorithm, dealt: Dealt | null): Driven {
  if (dealt === null)
    return {
      around: (inner) => inner,
      innerOf: (state) => state,
      ask: (state, about) => algorithm.ask(state, about),
      update: (state, sum) => ({
        ...algorithm.update(state, { sum, parts: null }),
        isPass: true,
        from: state,
        stats: () => sum,
      }),
    };
  const driver = memoized({ algorithm, ...dealt });
  return {
    around: (inner) => driver.around(inner) as Tree,
    innerOf: (state) => (state as MemoizedState).inner,
    ask: (state, about) => driver.ask(state as MemoizedState, about),
    update(state, sum) {
      const { inner, kept, next } = state as MemoizedState;
      const updated = driver.update(state as MemoizedState, { sum, parts: null });
      return {
        ...updated,
        // A batch may be visited again.
        isPass: next === dealt.batches - 1 && updated.state.next === 0,
        from: inner,
        stats: () => sumOf(kept.map(({ stats }, batch) => (batch === next ? sum : stats))),
      };
    },
  };
}
