import {
  type Cancellation,
  dirichlet,
  type Family,
  type Mixture,
  type MixtureConfig,
  memoize,
  type Prior,
  type Scores,
  type Shard,
  type StepInfo,
} from '@mixtention/core';

/** What one pass adds up. */
export type MixtureStats = {
  /** N_k, `[K]` */
  readonly counts: Float64Array;
  /** Σ r_nk T(x_n), `[K, P]` */
  readonly sums: Float64Array;
  readonly logEvidence: number;
  readonly logMaxResponsibility: number;
  /** Rows that no component can have made. */
  readonly orphans: number;
};

export type MixtureInfo = StepInfo & { readonly logMaxResponsibility: number };

/** The two halves of a step of EM, shared by soft and hard responsibilities. */
export type MixtureStep = {
  collect(state: Mixture, shard: Shard, cancel?: Cancellation): MixtureStats;
  update(state: Mixture, stats: MixtureStats): { readonly state: Mixture; readonly info: MixtureInfo };
};

/**
 * E-step and M-step of a mixture.
 *
 * Scores follow from the state, so they are derived once a thread and state, and never stored or sent: for 500 components of 784 columns
 * they cost as many logarithms as the kernel costs products on a small shard.
 *
 * @param hard  whole rows go to their best component
 */
export function mixtureStep(family: Family, { prior, floor }: MixtureConfig, hard: boolean): MixtureStep {
  const scoresOf = memoize<Mixture, Scores>(({ params, logWeights }) => family.scores(params, logWeights));
  return {
    collect(state, shard, cancel) {
      const { counts, sums, logEvidence, logMaxResponsibility, orphans } = shard.write(family, scoresOf(state), {
        hard,
        ...(cancel && { cancel }),
      });
      return { counts, sums, logEvidence, logMaxResponsibility, orphans };
    },
    update(state, stats) {
      const { params, degenerate } = maximize(family, prior, { state, stats, floor });
      const logWeights = dirichlet.estimate(stats.counts, prior?.concentration ?? 1);
      return { state: { logWeights, params }, info: { ...measure(family, prior, { state, stats, hard }), degenerate } };
    },
  };
}

type Given = { readonly state: Mixture; readonly stats: MixtureStats };

function maximize(
  family: Family,
  prior: Prior | null,
  { state, stats, floor }: Given & { readonly floor: number },
): { readonly params: Mixture['params']; readonly degenerate: readonly number[] } {
  const { counts, sums } = stats;
  if (prior === null) return family.estimate(counts, sums, state.params, floor);
  const params = family.prior.mode(family.prior.posterior(prior.family, counts, sums));
  return { params, degenerate: Array.from(counts.keys()).filter((k) => counts[k] === 0) };
}

function measure(
  family: Family,
  prior: Prior | null,
  { state, stats, hard }: Given & { readonly hard: boolean },
): MixtureInfo {
  const { logMaxResponsibility, orphans } = stats;
  const evidence = orphans > 0 ? Number.NEGATIVE_INFINITY : stats.logEvidence;
  const logPrior =
    prior === null
      ? 0
      : family.prior.logDensity(prior.family, state.params) +
        dirichlet.logDensity(state.logWeights, prior.concentration);
  // Under hard responsibilities the kernel's evidence is Σ maxₖ L_nk = ℓ + Σ log maxₖ r_nk.
  const logLikelihood = hard ? evidence - logMaxResponsibility : evidence;
  return { objective: evidence + logPrior, logLikelihood, logMaxResponsibility };
}
