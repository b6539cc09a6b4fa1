import type { Family, Mixture, Scores, StepInfo, Tree, Weights } from '@mixtention/core';
import { memoize, priorOf } from '@mixtention/core/base';
import { logSumExp } from '@mixtention/core/numeric';
import { pointWeights } from '@mixtention/mixture';
import type { MixtureConfig } from '@mixtention/mixture/fit';
import { takenOnce } from '../schedule/sent-scores.ts';
import type { Followed, SummedAlgorithm } from '../schedule/summed.ts';
import { collectMixture, isBelievable, type MixtureStats } from './collect-mixture.ts';

const WHERE = 'em/mixtureStep';

export type MixtureInfo = StepInfo & { readonly logMaxResponsibility: number };

/** The two halves of a step of EM, shared by soft and hard responsibilities. */
export type MixtureStep = Pick<
  MixtureAlgorithm,
  'ask' | 'collect' | 'update' | 'collectScored' | 'scores' | 'select' | 'follow'
>;

/** Its state, which is also its message, is the mixture. */
export type MixtureAlgorithm = SummedAlgorithm<Mixture, Mixture, MixtureInfo>;

/**
 * E-step and M-step of a mixture.
 *
 * Scores follow from the state, so they are derived once a thread and state, and never stored or sent: for 500 components of 784 columns
 * they cost as many logarithms as the kernel costs products on a small shard.
 *
 * A pass in float32 that gives components which float32 is too coarse for is not believed.
 *
 * @param hard  whole rows go to their best component
 */
export function mixtureStep(config: MixtureConfig, hard: boolean): MixtureStep {
  const { family, prior, weights = pointWeights(), floor } = config;
  const scoresOf = memoize<Mixture, Scores>(({ params, logWeights }) => family.scores(params, logWeights));
  const taken = takenOnce(family);
  const led = (state: Mixture, stats: MixtureStats): Followed<Mixture> & { readonly degenerate: readonly number[] } => {
    const { params, degenerate } = maximize(family, prior, { state, stats, floor });
    const next = { logWeights: weights.mode(stats.counts), params };
    const believed = isBelievable(
      () => scoresOf(state),
      () => scoresOf(next),
      stats,
    );
    return { state: next, order: null, believed, degenerate };
  };
  return {
    scores: scoresOf,
    select: (mixture, order) => selectMixture(family, mixture, order),
    ask: (message) => ({ message }),
    collect: (mixture, shard, cancel) => collectMixture(family, scoresOf(mixture), shard, { hard, cancel }),
    collectScored: (sent, shard, cancel) => collectMixture(family, taken(sent, shard.width), shard, { hard, cancel }),
    follow(state, stats) {
      const { degenerate: _, ...followed } = led(state, stats);
      return followed;
    },
    update(state, { sum }) {
      const stats = sum!;
      const info = measure({ family, prior, weights }, { state, stats, hard });
      const { state: next, degenerate, believed } = led(state, stats);
      return { state: next, info: { ...info, degenerate }, believed };
    },
  };
}

type Given = { readonly state: Mixture; readonly stats: MixtureStats };

function maximize(
  family: Family,
  prior: Tree | null,
  { state, stats, floor }: Given & { readonly floor: number },
): { readonly params: Mixture['params']; readonly degenerate: readonly number[] } {
  const { counts, sums } = stats;
  if (prior === null) return family.estimate(counts, sums, state.params, floor);
  const conjugate = priorOf(family, WHERE);
  const params = conjugate.mode(conjugate.posterior(prior, counts, sums));
  return { params, degenerate: Array.from(counts.keys()).filter((k) => counts[k] === 0) };
}

function measure(
  { family, prior, weights }: { readonly family: Family; readonly prior: Tree | null; readonly weights: Weights },
  { state, stats, hard }: Given & { readonly hard: boolean },
): MixtureInfo {
  const { logMaxResponsibility, orphans, magnitude, precision } = stats;
  const evidence = orphans > 0 ? Number.NEGATIVE_INFINITY : stats.logEvidence;
  const logPrior =
    (prior === null ? 0 : priorOf(family, WHERE).logDensity(prior, state.params)) +
    weights.logDensity(state.logWeights);
  // Under hard responsibilities the kernel's evidence is Σ maxₖ L_nk = ℓ + Σ log maxₖ r_nk.
  const logLikelihood = hard ? evidence - logMaxResponsibility : evidence;
  return { objective: evidence + logPrior, logLikelihood, logMaxResponsibility, magnitude, precision };
}

/** Chosen components of a mixture, their weights as shares of those that are there. */
export function selectMixture(family: Family, { params, logWeights }: Mixture, order: readonly number[]): Mixture {
  const chosen = Float64Array.from(order, (old) => logWeights[old]!);
  const total = logSumExp(chosen);
  return { logWeights: chosen.map((l) => l - total), params: family.select(params, order) };
}
