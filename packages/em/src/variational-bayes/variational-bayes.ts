import type { ConjugateFamily, Mixture, Scores, Tree, Weights } from '@mixtention/core';
import { fail, memoize, priorOf } from '@mixtention/core/base';
import { pointWeights } from '@mixtention/mixture';
import type { MixtureConfig } from '@mixtention/mixture/fit';
import { startMixture } from '@mixtention/mixture/starts';
import { emSpec } from '../em-spec.ts';
import { collectMixture, isBelievable, type MixtureStats } from '../mixture/collect-mixture.ts';
import { selectMixture } from '../mixture/mixture-step.ts';
import { takenOnce } from '../schedule/sent-scores.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { betterOrder } from './better-order.ts';
import { boundTerms, sumTerms } from './bound-terms.ts';
import { noStatistics } from './no-statistics.ts';
import type { BayesInfo, BayesMessage, BayesState, MixturePosterior } from './types.ts';

const WHERE = 'em/variationalBayes';

export type BayesConfig = MixtureConfig;
export type BayesStats = MixtureStats;
export type BayesAlgorithm = SummedAlgorithm<BayesState, BayesMessage, BayesInfo>;

/** The state that statistics lead to, and how its components were put in another order. */
type Led = {
  readonly next: BayesState;
  readonly better: ReturnType<typeof betterOrder>;
  readonly believed: boolean;
};

/**
 * Variational Bayes of a mixture of any family with a conjugate prior: free-form mean field, q(Z) q(weights, parameters).
 *
 *     E:  r_nk ∝ exp( E log π_k + E log p(x_n | θ_k) )       N_k = Σ r_nk,  s_k = Σ r_nk T(x_n)
 *     M:  q(θ) = posterior of the family given N, s;  q(π) = posterior of the weights given N
 *
 * The objective is the evidence lower bound with every constant, `Σ log Σ_k exp(E log π_k + E log p(x_n | θ_k)) − KL(q(π) ‖ p(π)) − KL(q(θ) ‖ p(θ))`.
 * It never falls. Weights without a prior are set by maximum likelihood of the bound (type II). A component that the bound does without keeps its prior,
 * and that is no trouble. Where the order of components matters, as under stick-breaking weights, decreasing counts are proposed at every step, and accepted if the
 * bound rises: an event `reorder` says so.
 *
 * A start is a mixture: the first pass scores rows with its parameters as they are, and shows no bound.
 *
 * @param config  plain data and objects with a spec, so that workers can rebuild the algorithm; the prior must be there
 * @throws BAD_OPTION without a prior, or for a family that has none
 *
 * Cost: one pass a step, of the kernel's `write`; the update is O(K·P), plus K factorisations of D×D for full covariances.
 * Source: Attias (2000), NIPS 12; Bishop (2006), Pattern Recognition and Machine Learning, sec. 10.2 and eq. 10.70–10.77; Corduneanu & Bishop (2001).
 *
 * @example
 * const prior = { a: 1.1, b: 1.1 };
 * const algorithm = variationalBayes({ family: bernoulli, components: 9, start: 'random', prior, weights: dirichlet(0.01), floor: 0 });
 * algorithm.spec.name; // 'em/variational-bayes'
 */
export function variationalBayes(config: BayesConfig): BayesAlgorithm {
  const { weights = pointWeights() } = config;
  const { family, prior } = conjugateOf(config);
  const scoresOf = memoize<BayesMessage, Scores>((message) =>
    'params' in message
      ? family.scores(message.params, message.logWeights)
      : family.prior.expectedScores(message.components, weights.expectedLogWeights(message.weights)),
  );
  const messageOf = ({ scoredBy, mixture, posterior }: BayesState): BayesMessage =>
    scoredBy === 'mixture' ? mixture : posterior;
  const taken = takenOnce(family);
  const led = (state: BayesState, stats: MixtureStats): Led => {
    const components = family.prior.posterior(prior, stats.counts, stats.sums) as Tree;
    const better = betterOrder(weights, stats.counts);
    const posterior =
      better === null
        ? { weights: weights.posterior(stats.counts), components }
        : {
            weights: weights.posterior(Float64Array.from(better.order, (old) => stats.counts[old]!)),
            components: family.prior.select(components, better.order) as Tree,
          };
    const next = { scoredBy: 'posterior', mixture: middleOf({ family, weights }, posterior), posterior } as const;
    const believed = isBelievable(
      () => scoresOf(messageOf(state)),
      () => scoresOf(posterior),
      stats,
    );
    return { next, better, believed };
  };

  return {
    spec: emSpec('em/variational-bayes', config),
    claims: { objective: 'monotone' },
    init: (key, sample) => stateAround(config, startMixture(config, key, sample)),
    scores: scoresOf,
    select: ({ scoredBy, mixture, posterior }, order) => ({
      scoredBy,
      mixture: selectMixture(family, mixture, order),
      posterior: {
        weights: weights.select(posterior.weights, order) as Tree,
        components: family.prior.select(posterior.components, order) as Tree,
      },
    }),
    ask: (state) => ({ message: messageOf(state) }),
    collect: (message, shard, cancel) => collectMixture(family, scoresOf(message), shard, { cancel }),

    collectScored: (sent, shard, cancel) => collectMixture(family, taken(sent, shard.width), shard, { cancel }),

    follow(state, stats) {
      const { next, better, believed } = led(state, stats);
      return { state: next, order: better?.order ?? null, believed };
    },

    update(state, { sum }) {
      const stats = sum!;
      const { next, better, believed } = led(state, stats);
      if (state.scoredBy === 'mixture') return { state: next, info: null, believed };
      const terms = boundTerms({ family, prior, weights }, state.posterior, scoresOf(messageOf(state)), stats);
      const info = {
        objective: sumTerms(terms),
        logLikelihood: Number.NaN,
        magnitude: stats.magnitude,
        precision: stats.precision,
        boundTerms: terms,
        counts: stats.counts,
        ...(better !== null && { events: [{ name: 'reorder', ...better }] }),
      };
      return { state: next, info, believed };
    },
  };
}

/** The first state around a mixture: its posterior has seen nothing. */
export function stateAround(config: BayesConfig, mixture: Mixture): BayesState {
  const { weights = pointWeights() } = config;
  const { family, prior } = conjugateOf(config);
  const K = mixture.logWeights.length;
  const width = family.describe(mixture.params).means.cols;
  const none = new Float64Array(K);
  const components = family.prior.posterior(prior, none, noStatistics(family, width, K)) as Tree;
  return { scoredBy: 'mixture', mixture, posterior: { weights: weights.posterior(none), components } };
}

/** The mixture in the middle of a posterior: mean weights, as shares of those that are there, and mean parameters. */
function middleOf(
  { family, weights }: { readonly family: ConjugateFamily; readonly weights: Weights },
  posterior: MixturePosterior,
): Mixture {
  const { weights: expected } = weights.expectedWeights(posterior.weights);
  const total = Math.log(expected.reduce((sum, w) => sum + w, 0));
  return {
    logWeights: expected.map((w) => Math.log(w) - total),
    params: family.prior.mean(posterior.components) as Tree,
  };
}

export function conjugateOf({ family, prior }: BayesConfig): {
  readonly family: ConjugateFamily;
  readonly prior: Tree;
} {
  priorOf(family, WHERE);
  if (prior === null) fail(WHERE, 'BAD_OPTION', 'there is no prior; a prior of the family was due');
  return { family: family as ConjugateFamily, prior };
}
