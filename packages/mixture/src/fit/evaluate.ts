import type { Algorithm, Dataset, Density, Executor, Family, Mixture, Precision } from '@mixtention/core';
import { memoize, specOf } from '@mixtention/core/base';
import type { AlgorithmTable } from '@mixtention/core/loop';
import { byReading, isReadOnly } from '../model/read-sums.ts';
import { startMixture } from '../starts/start-mixture.ts';
import type { MixtureConfig } from './types.ts';

/** `components` and `start` are for `init` alone, which takes a family; what is only measured may be a density. */
export type EvaluateConfig = Pick<MixtureConfig, 'components' | 'start'> & { readonly family: Density };

type EvaluateStats = { readonly logEvidence: number; readonly logMax: number; readonly orphans: number };

/** What one pass over the data tells of a mixture, in the space of the fit. */
export type Measured = { readonly logLikelihood: number; readonly logMaxResponsibility: number };

/**
 * One pass that measures a mixture and changes nothing.
 *
 * @param config  the family, and for `init` how to start
 */
export function evaluate(config: EvaluateConfig): Algorithm<Mixture, Mixture, EvaluateStats> {
  const { family } = config;
  const scoresOf = memoize(({ params, logWeights }: Mixture) => family.scores(params, logWeights));
  return {
    spec: {
      kind: 'algorithm',
      name: 'mixture/evaluate',
      module: '@mixtention/mixture',
      from: import.meta.url,
      config: specOf(config),
    },
    claims: { objective: 'monotone' },
    init: (key, sample) => startMixture({ ...config, family: family as Family }, key, sample),
    ask: (message) => ({ message }),
    collect(mixture, shard, cancel) {
      const scores = scoresOf(mixture);
      if (isReadOnly(scores)) {
        const { logEvidence, logMaxResponsibility } = byReading(shard, scores, shard.weights, cancel);
        return { logEvidence, logMax: logMaxResponsibility, orphans: 0 };
      }
      const { logEvidence, logMaxResponsibility, orphans } = shard.write(scores, cancel ? { cancel } : {});
      return { logEvidence, logMax: logMaxResponsibility, orphans };
    },
    update(state, { sum }) {
      const { logLikelihood, logMaxResponsibility } = measure(sum!);
      return { state, info: { objective: logLikelihood, logLikelihood, logMaxResponsibility } };
    },
  };
}

/** Algorithms of core that run on workers, by name. */
export const algorithms: AlgorithmTable = { 'mixture/evaluate': evaluate };

/**
 * The exact log-likelihood of a mixture, for algorithms whose own steps see only part of the data.
 *
 * A row that no component can have made counts as −∞.
 *
 * @example
 * const mixture = { logWeights: Float64Array.of(0), params: { width: 2, probabilities: Float64Array.of(0.5, 0.5) } };
 * const rows = dataset(matrix([[1, 1], [1, 0], [0, 0]]));
 * const { logLikelihood } = await evaluateMixture(mixture, rows, { family: bernoulli, executor: inline() }); // −4.1589 (6 log ½)
 */
export async function evaluateMixture(
  mixture: Mixture,
  data: Dataset,
  {
    family,
    executor,
    precision,
    signal,
  }: {
    readonly family: Density;
    readonly executor: Executor;
    readonly precision?: Precision;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Measured> {
  const algorithm = evaluate({ family, components: mixture.logWeights.length, start: 'given' });
  const { sum } = await executor.collect(algorithm, { message: mixture }, data, { precision, signal });
  return measure(sum as EvaluateStats);
}

function measure({ logEvidence, logMax, orphans }: EvaluateStats): Measured {
  return { logLikelihood: orphans > 0 ? Number.NEGATIVE_INFINITY : logEvidence, logMaxResponsibility: logMax };
}
