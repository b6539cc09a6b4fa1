import type { Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import type { CompileOptions } from '../graph/index.ts';
import { canBeNonCentred, type Model, nonCentred, type Posterior, posterior } from '../model/index.ts';
import { psis } from '../psis/index.ts';
import { drawAmong } from './normals.ts';
import type { Path } from './single-path.ts';

/** A model in the coordinates that were chosen, with the paths that were searched there. */
export type Coordinated<Data> = {
  readonly model: Model<Data>;
  readonly target: Posterior;
  /** Sites whose free numbers are standard ones. */
  readonly nonCentred: readonly string[];
  readonly paths: readonly Path[];
  /** Of all coordinates that were tried. */
  readonly gradientEvaluations: number;
  readonly densityEvaluations: number;
};

export type CoordinatesOptions = {
  /** Sites that have standard numbers; undefined where they are to be chosen. */
  readonly asked: readonly string[] | undefined;
  readonly search: (target: Posterior) => readonly Path[];
  readonly key: Key;
  readonly compile: CompileOptions;
};

/** Draws of each path by which coordinates are compared. */
const COMPARED = 250;

/** Bounds that are closer are as good as one another, in nats. */
const ALIKE = 0.1;

/** Most sites of which each is tried alone. */
const MOST_ALONE = 4;

/**
 * The coordinates, as stated or non-centred, in which the normals of the paths come nearest to the posterior: the mean of their importance ratios, which falls short of the evidence by what they miss, is highest there.
 *
 * Tries the model as stated, and with all sites non-centred whose location or scale is latent; of two to four of them then each the other way round.
 *
 * Cost: a search for each that is tried; one where there is nothing to choose.
 * Source: Gorinova, Moore & Hoffman (2020), Automatic reparameterisation of probabilistic programs, ICML.
 */
export function bestCoordinates<Data>(
  model: Model<Data>,
  data: Data,
  { asked, search, key, compile }: CoordinatesOptions,
): Coordinated<Data> {
  let [gradientEvaluations, densityEvaluations] = [0, 0];
  const searchIn = (sites: readonly string[]) => {
    const own = sites.length === 0 ? model : nonCentred(model, sites);
    const target = posterior(own, data, compile);
    const paths = search(target);
    for (const path of paths) {
      gradientEvaluations += path.gradientEvaluations;
      densityEvaluations += path.densityEvaluations;
    }
    return { model: own, target, nonCentred: sites.length === 0 ? [...(model.nonCentred ?? [])] : sites, paths };
  };
  type Tried = ReturnType<typeof searchIn>;
  const bounded = (tried: Tried): Tried & { readonly bound: number } => {
    const found = tried.paths.flatMap(({ best }) => (best === null ? [] : [best]));
    if (found.length === 0) return { ...tried, bound: Number.NEGATIVE_INFINITY };
    densityEvaluations += COMPARED * found.length;
    const { logRatios } = drawAmong(found, tried.target.logDensity, (i) => split(key, 'compare', i), COMPARED);
    return { ...tried, bound: psis(logRatios).logMean };
  };
  const told = ({ model: own, target, nonCentred: sites, paths }: Tried): Coordinated<Data> => ({
    model: own,
    target,
    nonCentred: sites,
    paths,
    gradientEvaluations,
    densityEvaluations,
  });
  const first = searchIn(asked ?? []);
  const sites = asked === undefined && model.nonCentred === undefined ? canBeNonCentred(model, data) : [];
  if (sites.length === 0) return told(first);
  let best = bounded(first);
  const attempt = (others: readonly string[]): void => {
    const tried = bounded(searchIn(others));
    if (tried.bound > best.bound + ALIKE) best = tried;
  };
  attempt(sites);
  if (sites.length > 1 && sites.length <= MOST_ALONE)
    for (const site of sites) attempt(sites.filter((other) => (other === site) !== best.nonCentred.includes(other)));
  return told(best);
}
