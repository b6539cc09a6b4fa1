import type { Mixture } from '@mixtention/core';
import type { MixtureConfig } from '@mixtention/mixture/fit';
import { startMixture } from '@mixtention/mixture/starts';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { type MixtureAlgorithm, type MixtureInfo, mixtureStep } from '../mixture/mixture-step.ts';

export type HardConfig = MixtureConfig;
/** Log weights `[K]` and parameters. */
export type HardState = Mixture;
export type HardStats = MixtureStats;
export type HardInfo = MixtureInfo;

/**
 * Classification EM: every row goes whole to the component that most probably made it.
 *
 *     E:  z_n = argmax_k π_k p(x_n | θ_k)      N_k = #{n : z_n = k},  s_k = Σ_{z_n = k} T(x_n)
 *     M:  as in batch EM
 *
 * The objective is the classification likelihood `Σ max_k log π_k p(x_n | θ_k)` (plus the log prior); it never falls, and stops rising when
 * the labels repeat. `info.logLikelihood` is the ordinary log-likelihood, which may fall.
 *
 * @param config  plain data and objects with a spec, so that workers can rebuild the algorithm
 * @returns init, collect and update over states of log weights and parameters
 *
 * Cost: as batch EM, in fewer steps.
 * Source: Celeux & Govaert (1992), Computational Statistics & Data Analysis 14, 315–332.
 *
 * @example
 * const algorithm = hard({ family: bernoulli, components: 10, start: 'random', prior: { a: 1.1, b: 1.1 }, floor: 0 });
 * algorithm.spec.name; // 'em/hard'
 */
export function hard(config: HardConfig): MixtureAlgorithm {
  return {
    spec: emSpec('em/hard', config),
    claims: { objective: 'monotone' },
    init: (key, sample) => startMixture(config, key, sample),
    ...mixtureStep(config, true),
  };
}
