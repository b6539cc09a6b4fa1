import { memoize } from '../memoize.ts';
import type { AlgorithmTable } from '../spec.ts';
import type { Algorithm, Dataset, Executor, Family, Matrix, StepInfo } from '../types.ts';
import { familyNamed } from './family-named.ts';
import type { Mixture } from './types.ts';

type EvaluateStats = { readonly logEvidence: number; readonly logMax: number; readonly orphans: number };

/** What one pass over the data tells of a mixture. */
export type Evaluation = { readonly logLikelihood: number; readonly logMaxResponsibility: number };

/**
 * One pass that measures a mixture and changes nothing.
 *
 * @param config  the family's name, for threads
 * @param family  the family itself, when core does not know it by name
 */
export function evaluate(
  config: { readonly family: string },
  family: Family = familyNamed(config.family),
): Algorithm<Mixture, EvaluateStats, StepInfo> {
  const scoresOf = memoize(({ params, logWeights }: Mixture) => family.scores(params, logWeights));
  return {
    spec: {
      algorithm: 'core/evaluate',
      module: '@mixtention/core',
      from: import.meta.url,
      config: { family: config.family },
    },
    claims: { objective: 'monotone' },
    init: (_key, sample: Matrix) => ({
      logWeights: new Float64Array(1),
      params: family.startAt(sample, new Float64Array(0)),
    }),
    collect(state, shard, cancel) {
      const { logEvidence, logMaxResponsibility, orphans } = shard.write(
        family,
        scoresOf(state),
        cancel ? { cancel } : {},
      );
      return { logEvidence, logMax: logMaxResponsibility, orphans };
    },
    update: (state, stats) => ({ state, info: { objective: stats.logEvidence, logLikelihood: stats.logEvidence } }),
  };
}

/** Algorithms of core that run on workers, by name. */
export const algorithms: AlgorithmTable = { 'core/evaluate': evaluate };

/**
 * The exact log-likelihood of a mixture, for algorithms whose own steps see only part of the data.
 *
 * A row that no component can have made counts as −∞.
 */
export async function evaluateMixture(
  mixture: Mixture,
  data: Dataset,
  {
    family,
    executor,
    signal,
  }: { readonly family: Family; readonly executor: Executor; readonly signal?: AbortSignal | undefined },
): Promise<Evaluation> {
  const algorithm = evaluate({ family: family.name }, family);
  const stats = (await executor.collect(algorithm, mixture, data, { signal })) as EvaluateStats;
  const logLikelihood = stats.orphans > 0 ? Number.NEGATIVE_INFINITY : stats.logEvidence;
  return { logLikelihood, logMaxResponsibility: stats.logMax };
}
