import { add, broadcastTo, dependents, hold, mean, mul, neg, sub, sum, type Value, value } from '../graph/index.ts';
import type { Site } from '../model/index.ts';
import { batchOf, type DiscreteDraw, timesWeights } from './draws.ts';
import { axesBefore, sharedAxes } from './plates.ts';

/** A draw without gradient, its log probability, and what it was worth: of each member of its plates, or one of all. */
export type Score = {
  readonly logProbability: Value;
  readonly worth: Value;
  /** What the running mean is taken of: `worth`; its mean, where other members are there in every step. */
  readonly followed: Value;
};

/**
 * Draws, each with the terms of log p − log q that depend on it: others would add noise alone.
 *
 * @param others  what else log q is made of, one number: it counts for draws that it depends on
 *
 * Source: Ranganath, Gerrish & Blei (2014), Black box variational inference, sec. 3 (Rao-Blackwellisation).
 */
export function scoresOf(sites: readonly Site[], draws: readonly DiscreteDraw[], others: Value): Score[] {
  const densities = draws.map(({ distribution, value: x }) => distribution.logDensity(x));
  const roots = [...sites.flatMap(({ terms, logJacobian }) => [terms, logJacobian]), ...densities, others];
  return draws.map(({ latent, value: drawn }, i) => {
    const nodes = dependents(roots, drawn);
    const members = latent.plates.length;
    const shape = batchOf(latent).slice(batchOf(latent).length - members);
    const wide = (x: Value): Value => broadcastTo(x, shape);
    const logProbability = sum(densities[i]!, axesBefore(densities[i]!, members));
    const ofSites = sites
      .filter(({ kind, terms }) => kind !== 'deterministic' && nodes.has(terms))
      .map((site) => wide(mul(sum(site.terms, axesBefore(site.terms, sharedAxes(site, latent))), site.scale)));
    const ofJacobians = sites.filter((site) => nodes.has(site.logJacobian)).map((site) => wide(site.logJacobian));
    const ofOthers = densities.flatMap((density, j) =>
      j !== i && nodes.has(density)
        ? [wide(neg(mul(sum(timesWeights(draws[j]!.latent, density)), draws[j]!.latent.scale)))]
        : [],
    );
    const ofGuide = nodes.has(others) ? [wide(neg(others))] : [];
    const own = neg(mul(timesWeights(latent, logProbability), latent.scale));
    const worth = [...ofSites, ...ofJacobians, ...ofOthers, ...ofGuide].reduce((a, b) => add(a, b), own);
    return { logProbability, worth, followed: latent.subset === null ? worth : mean(worth) };
  });
}

/**
 * What has the gradient of scores: (worth − baseline) · ∇ log q, with what is in brackets held.
 *
 * @param baselines  running means of `followed`, one array for each score
 */
export const surrogateOf = (scores: readonly Score[], baselines: readonly Value[]): Value =>
  scores
    .map(({ logProbability, worth }, i) => sum(mul(hold(sub(worth, baselines[i]!)), logProbability)))
    .reduce((a, b) => add(a, b), value(0));
