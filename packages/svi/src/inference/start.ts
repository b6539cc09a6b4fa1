import { aroundNormal, aroundZero } from '../guides/index.ts';
import type { Posterior } from '../model/index.ts';
import { pathfinderDefaults, pathsOf } from '../pathfinder/index.ts';
import type { Start } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';

/** A start need not be as good as a result: of a model whose density takes a millisecond it costs some seconds, not minutes. */
const BRIEF = { iterations: 300, boundDraws: 10, places: 40, relativeTolerance: 1e-9 } as const;

/** Most free numbers for which a start is looked for: beyond, its matrices cost more than steps. */
const MOST = 500;

/** The normal that was given, or the best that Pathfinder finds; where it finds none, the standard normal, a tenth as wide. */
export function startOf(
  target: Pick<Posterior, 'dimension' | 'logDensity' | 'freeOf'>,
  { around: given, seed, start }: Pick<SettledSvi, 'around' | 'seed' | 'start'>,
): Start {
  if (given !== undefined) return { around: given, gradientEvaluations: 0, densityEvaluations: 0 };
  const d = target.dimension;
  if (d > MOST) return { around: aroundZero(d), gradientEvaluations: 0, densityEvaluations: 0 };
  const starts = start === undefined ? undefined : [target.freeOf(start)];
  const paths = pathsOf(target, { ...pathfinderDefaults, ...BRIEF, seed }, starts);
  const found = paths.flatMap(({ best }) => (best === null ? [] : [best]));
  const [best, ...others] = found.toSorted((a, b) => b.bound - a.bound);
  const around =
    best === undefined
      ? aroundZero(d)
      : { ...aroundNormal(best.mean, best.factor), others: others.map(({ mean }) => mean) };
  return {
    around,
    gradientEvaluations: paths.reduce((total, path) => total + path.gradientEvaluations, 0),
    densityEvaluations: paths.reduce((total, path) => total + path.densityEvaluations, 0),
  };
}
