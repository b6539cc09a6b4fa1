import type { Mixture } from '@mixtention/core';
import type { MixtureConfig } from '@mixtention/mixture/fit';
import { startMixture } from '@mixtention/mixture/starts';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { type MixtureAlgorithm, type MixtureInfo, mixtureStep } from '../mixture/mixture-step.ts';

export type BatchConfig = MixtureConfig;
/** Log weights `[K]` and parameters. */
export type BatchState = Mixture;
export type BatchStats = MixtureStats;
export type BatchInfo = MixtureInfo;

/**
 * Expectation maximization over the whole data at every step, for maximum likelihood or, under a prior, the posterior mode.
 *
 *     E:  r_nk = π_k p(x_n | θ_k) / Σ_j π_j p(x_n | θ_j)      N_k = Σ r_nk,  s_k = Σ r_nk T(x_n)
 *     M:  θ_k = mode of the family given N_k, s_k;  π = mode of the weights given N
 *
 * The objective is `Σ log Σ_k π_k p(x_n | θ_k)`, plus the log density of the prior at (θ, π) where there is one. It never falls. A component
 * that owns no data keeps its parameters and weight 0; it is listed in `info.degenerate`, as is one whose covariance was held at the floor.
 *
 * @param config  plain data and objects with a spec, so that workers can rebuild the algorithm
 * @returns init, collect and update over states of log weights and parameters
 *
 * Cost: one pass a step, of the kernel's `write`; the M-step is O(K·P), plus K factorisations of D×D for full covariances.
 * Source: Dempster, Laird & Rubin (1977), JRSS B 39, 1–38.
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * algorithm.spec.name; // 'em/batch'
 */
export function batch(config: BatchConfig): MixtureAlgorithm {
  return {
    spec: emSpec('em/batch', config),
    claims: { objective: 'monotone' },
    init: (key, sample) => startMixture(config, key, sample),
    ...mixtureStep(config, false),
  };
}
