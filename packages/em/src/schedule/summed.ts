import type { Algorithm, Cancellation, Scores, Shard, StepInfo, Tree } from '@mixtention/core';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { SentScores } from './sent-scores.ts';

/** What statistics lead to. */
export type Followed<State extends Tree> = {
  readonly state: State;
  /** Component k of it is the one `order[k]` of the statistics; null where their order has stayed. */
  readonly order: readonly number[] | null;
  /** As of updates */
  readonly believed: boolean;
};

/**
 * An algorithm whose steps follow from sums of statistics, whichever rows they are of: other schedules of its passes may drive it.
 *
 * Its first states may be intermediate (`info: null`); once it has shown one, it shows all.
 */
export type SummedAlgorithm<
  // biome-ignore lint/suspicious/noExplicitAny: schedules handle algorithms of any state
  State extends Tree = any,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  Message extends Tree = any,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  Info extends StepInfo = any,
> = Algorithm<State, Message, MixtureStats, Info> & {
  /** The scores that `collect` has rows scored by. */
  scores(message: Message): Scores;
  /** What `collect` finds in rows under such scores. */
  collectScored(scores: SentScores, shard: Shard, cancel?: Cancellation): MixtureStats;
  /** The state when component k is the old one `order[k]`: some may be left out, or come twice. */
  select(state: State, order: readonly number[]): State;
  /** The state that `update` makes, without measuring anything: between the steps that a schedule shows, nobody asks. */
  follow(state: State, stats: MixtureStats): Followed<State>;
};
