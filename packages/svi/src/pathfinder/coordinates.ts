import type { Key } from '@mixtention/core';
import { inverseFromCholesky, split } from '@mixtention/core/numeric';
import type { CompileOptions } from '../graph/index.ts';
import { canBeNonCentred, type Model, nonCentred, type Posterior, posterior } from '../model/index.ts';
import { MEAN_FIELD_STEPS, type MeanFieldStart, meanFieldBound } from './mean-field-bound.ts';
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

/** Bounds that are closer are as good as one another, in nats. */
const ALIKE = 0.1;

/** Most sites of which each is tried alone. */
const MOST_ALONE = 4;

type Bound = ReturnType<typeof meanFieldBound>;

/** The best normal of the paths; where there is none, a narrow one about 0. */
function startAt({
  target: { dimension: d },
  paths,
}: {
  readonly target: Posterior;
  readonly paths: readonly Path[];
}): MeanFieldStart {
  const [best] = paths.flatMap(({ best: found }) => (found === null ? [] : [found])).sort((a, b) => b.bound - a.bound);
  if (best === undefined) return { mean: new Float64Array(d), unit: new Float64Array(d).fill(1), logScale: NARROW };
  const precision = inverseFromCholesky(best.factor, d);
  return { mean: best.mean, unit: best.mean.map((_, i) => 1 / Math.sqrt(precision[i * (d + 1)]!)), logScale: 0 };
}

const NARROW = Math.log(0.1);

/**
 * The coordinates, as stated or non-centred, in which a normal without correlations comes nearest to the posterior: its bound is highest there.
 *
 * Tries the model as stated, and with all sites non-centred whose location or scale is latent; of two to four of them then each the other way round.
 *
 * Cost: a search and 600 gradients for each that is tried; a search where there is nothing to choose.
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
  const bounded = (tried: Tried): Tried & { readonly bound: Bound } => {
    gradientEvaluations += MEAN_FIELD_STEPS;
    return { ...tried, bound: meanFieldBound(tried.target.logDensity, startAt(tried), split(key, 'coordinates')) };
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
    const noise = 2 * Math.hypot(tried.bound.error, best.bound.error);
    if (tried.bound.mean - best.bound.mean > Math.max(ALIKE, noise)) best = tried;
  };
  attempt(sites);
  if (sites.length > 1 && sites.length <= MOST_ALONE)
    for (const site of sites) attempt(sites.filter((other) => (other === site) !== best.nonCentred.includes(other)));
  return told(best);
}
