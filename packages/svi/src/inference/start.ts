import type { Key } from '@mixtention/core';
import { aroundNormal, aroundZero } from '../guides/index.ts';
import { type Model, nonCentred, type Posterior, posterior } from '../model/index.ts';
import { bestCoordinates, type Path, pathfinderDefaults, pathsOf } from '../pathfinder/index.ts';
import { MOST_MENDED } from './mend.ts';
import type { Start } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';

/** A start need not be as good as a result: of a model whose density takes a millisecond it costs some seconds, not minutes. */
const BRIEF = { iterations: 300, boundDraws: 10, places: 40 } as const;

/** Most free numbers for which a start is looked for: beyond, its matrices cost more than steps. */
const MOST = 500;

/** A model in the coordinates in which it is fitted, and where that begins. */
export type Begun<Data> = { readonly model: Model<Data>; readonly target: Posterior; readonly start: Start };

/**
 * Of a model without discrete latents: the coordinates, and the normal that was given, or the best that Pathfinder finds; where it finds none, the standard normal, a tenth as wide. Coordinates are chosen where nothing says
 * which and the guide is one of free numbers. Of more than 500 of these nothing is searched, and the standard normal it is.
 */
export function begin<Data>(
  model: Model<Data>,
  data: Data,
  dimension: number,
  key: Key,
  settled: SettledSvi,
): Begun<Data> {
  const { resume, guide, execution, backend } = settled;
  const compile = { execution, backend };
  const known = resume?.start.around ?? settled.around;
  if (known !== undefined) {
    const sites = known.nonCentred ?? [];
    const own = sites.length === 0 ? model : nonCentred(model, sites);
    const start = resume?.start ?? { around: known, gradientEvaluations: 0, densityEvaluations: 0 };
    return { model: own, target: posterior(own, data, compile), start };
  }
  const isOpen = !guide.inValues && !guide.isPoint;
  const chosen = bestCoordinates(model, data, {
    asked: settled.nonCentred ?? (isOpen ? undefined : []),
    search: (target) => (dimension > MOST ? [] : searched(target, settled, target.freeOf)),
    key,
    compile,
  });
  const { paths, gradientEvaluations, densityEvaluations } = chosen;
  const found = startAt(paths, dimension);
  const around = { ...found.around, nonCentred: chosen.nonCentred };
  const start = { ...found, around, gradientEvaluations, densityEvaluations };
  return { model: chosen.model, target: chosen.target, start };
}

/** Of a density of free numbers alone. */
export function startOf(target: Searched, settled: Pick<SettledSvi, 'around' | 'seed' | 'start'>): Start {
  const { around } = settled;
  const d = target.dimension;
  if (around !== undefined || d > MOST)
    return { around: around ?? aroundZero(d), gradientEvaluations: 0, densityEvaluations: 0 };
  return startAt(searched(target, settled), d);
}

type Searched = Pick<Posterior, 'dimension' | 'logDensity'>;

function searched(
  target: Searched,
  { seed, start }: Pick<SettledSvi, 'seed' | 'start'>,
  freeOf?: Posterior['freeOf'],
): Path[] {
  const starts = start === undefined || freeOf === undefined ? undefined : [freeOf(start)];
  return pathsOf(target, { ...pathfinderDefaults, ...BRIEF, seed }, starts);
}

function startAt(paths: readonly Path[], dimension: number): Start {
  const found = paths.flatMap(({ best }) => (best === null ? [] : [best]));
  const [best, ...others] = found.toSorted((a, b) => b.bound - a.bound);
  const around =
    best === undefined
      ? aroundZero(dimension)
      : { ...aroundNormal(best.mean, best.factor), others: others.map(({ mean }) => mean) };
  return {
    around,
    ...(dimension <= MOST_MENDED && { others }),
    gradientEvaluations: paths.reduce((total, path) => total + path.gradientEvaluations, 0),
    densityEvaluations: paths.reduce((total, path) => total + path.densityEvaluations, 0),
  };
}
