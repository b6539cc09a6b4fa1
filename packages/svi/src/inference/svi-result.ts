import type { Around } from '../guides/index.ts';
import type { Approximation } from '../report/index.ts';
import type { Discrete } from './objective.ts';

export type SviResult = Approximation & {
  readonly estimator: string;
  /** How discrete latents were treated; null where the model has none. */
  readonly discrete: Discrete | null;
  /**
   * Where the guide's own k̂ (`paretoK`) forbids its weights, is above ½ and was bettered, deviations by its weights rest on few draws, or another path of the start found a mode beyond its draws: the rounds of importance sampling that `sites`,
   * `draws`, `effectiveDraws` and `logEvidence` come from instead (`corrected` is true then), and their k̂. Null where these are the guide's, weighted or not. `bound` and `uncorrectedSites` are always the guide's.
   */
  readonly mended: { readonly rounds: number; readonly paretoK: number } | null;
  readonly steps: number;
  /** What parameters are in units of: the normal that steps began at. */
  readonly around: Around;
  /** Trained arrays by name; none of a guide at the mode. */
  readonly parameters: { readonly [name: string]: Float64Array };
  /** Where discrete latents were relaxed: the mean objective of the last hundred steps, in nats. It is no bound, and may lie above the evidence; `bound` is that of discrete draws. */
  readonly relaxedObjective: number | null;
  /** Of that mean, by the scatter of the steps. */
  readonly relaxedObjectiveStandardError: number | null;
  /** Terms of the bound by site, in nats, and the guide's `entropy`. */
  readonly boundBySite: { readonly [site: string]: number };
};
