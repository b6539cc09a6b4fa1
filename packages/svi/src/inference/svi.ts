import { lookUp } from '@mixtention/core/base';
import { key, split } from '@mixtention/core/numeric';
import { chooseTreatment, summedOut } from '../discrete/index.ts';
import { aroundZero } from '../guides/index.ts';
import { type Coordinates, dimensionOf, latentsOf, lookOver, type Model, type Overview } from '../model/index.ts';
import { adviceOn, type Treatment } from './advice.ts';
import { fitAtMode } from './fit-at-mode.ts';
import { fitBySteps } from './fit-by-steps.ts';
import { inCoordinates } from './in-coordinates.ts';
import { type Begun, begin } from './start.ts';
import { guideNamed, type SettledSvi, type SviOptions, type SviProgress, settleSvi } from './svi-options.ts';
import type { SviResult } from './svi-result.ts';

/**
 * Stochastic variational inference of any model: raises the evidence lower bound of a guide by gradients of its draws, and says how far the result can be believed.
 *
 *     bound = E_q[log p(data, latents) − log q(latents)] ≤ log p(data)
 *
 * Discrete latents are summed out where the model permits it, and latents whose location or scale is latent move to non-centred coordinates where a normal is nearer to the posterior there. Steps begin at the best normal approximation that four
 * Pathfinder paths find. They end when averages of iterates at one learning rate and at half of it agree. Moments, draws and evidence are corrected by Pareto-smoothed importance weights where k̂ is at most 0.7, or weights are nearly equal. Above ½, and
 * where deviations rest on few draws or another path found another mode, importance sampling learns a better proposal from the guide's draws (`mended` says so, k̂ stays the guide's); where wider draws contradict that too, all is left as it was, with a warning.
 *
 * @param model  a function of named sites, as for `posterior`
 * @param data   handed to the model
 * @returns the approximate posterior; `diverged` with the last finite state where gradients ended to be numbers, or the bound ended below where it began
 * @throws BAD_OPTION, BAD_MODEL, BAD_SHAPE, BAD_DATA
 *
 * Cost: a run of the model and its gradient a step and draw, as emitted code; a start of some 300 gradients and 3,000 densities, and as many and 600 gradients more for each other kind of coordinates; D² numbers.
 * Source: Kucukelbir, Tran, Ranganath, Gelman & Blei (2017), ADVI; Roeder, Wu & Duvenaud (2017), Sticking the landing; Welandawe et al. (2022).
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { sites, bound } = svi(coin, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0], { guide: 'autoStructured' });
 * sites.p.mean; // about 0.5333
 */
export function svi<Data>(model: Model<Data>, data: Data, options: SviOptions = {}): SviResult {
  const run = sviSteps(model, data, options);
  for (;;) {
    const next = run.next();
    if (next.done) return next.value;
  }
}

/**
 * The same, a hundred steps at a time: for progress, and for whoever wants to do something else between them.
 *
 * @returns a generator of progress, whose end is the result
 * @throws as `svi`, when it is asked for the first time
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const run = sviSteps(coin, [1, 1, 0, 1]);
 * run.next().value.step; // 100
 */
export function* sviSteps<Data>(
  given: Model<Data>,
  data: Data,
  options: SviOptions = {},
): Generator<SviProgress, SviResult, void> {
  const started = performance.now();
  const all = latentsOf(given, data);
  const dimension = dimensionOf(all);
  const seen = lookOver(given, data);
  const chosen = treatmentOf(given, data, all, options ?? {});
  const told = settleSvi(options, dimension, chosen?.discrete ?? null);
  const settled = told.around === undefined ? told : { ...told, around: inCoordinates(given, told.around).around };
  checkReport(settled, seen);
  const model = settled.discrete === 'summed-out' ? summedOut(given) : given;
  const isDiscrete = latentsOf(model, data).some(isWhole);
  const root = split(key(settled.seed), 'svi');
  const isAtMode = settled.guide.found === 'at the mode';
  // With discrete latents there is no density of free numbers, and no start to be found by its gradient.
  const begun = (): Begun<Data> => begin(model, data, dimension, root, settled);
  const result = isAtMode
    ? fitAtMode(begun(), data, root, settled)
    : yield* fitBySteps({ data, ...(isDiscrete ? fromZero(model, dimension, settled) : begun()) }, root, settled);
  const before = settled.resume?.seconds ?? 0;
  return {
    ...result,
    discrete: chosen === null ? null : settled.discrete,
    message: [result.message, ...adviceOn(result, { settled, seen, dimension, chosen })].join('; '),
    seconds: before + (performance.now() - started) / 1000,
  };
}

function fromZero<Data>(given: Model<Data>, dimension: number, { around, resume, nonCentred = [] }: SettledSvi) {
  const known = resume?.start.around ?? around ?? { ...aroundZero(dimension), nonCentred };
  const own = inCoordinates(given, known);
  const start = resume?.start ?? { around: own.around, gradientEvaluations: 0, densityEvaluations: 0 };
  return { model: own.model, target: null, start };
}

const isWhole = ({ transform }: Coordinates): boolean => transform === 'none';

/** How discrete latents are treated: as was asked, else as the model and the guide permit; null where there are none. */
function treatmentOf<Data>(
  model: Model<Data>,
  data: Data,
  latents: readonly Coordinates[],
  { discrete, guide }: SviOptions,
): Treatment | null {
  if (!latents.some(isWhole)) return null;
  if (discrete !== undefined) return { discrete };
  const own = guide === undefined ? null : guideNamed(guide);
  const all = latents.map(({ name }) => name);
  const guided = own?.guidesDiscrete ? (own.statedOf?.(latents) ?? all) : [];
  return { ...chooseTreatment(model, data, latents, guided), isUnasked: true };
}

function checkReport({ report }: SettledSvi, { reported }: Overview): void {
  for (const name of report ?? [])
    lookUp('svi/svi', 'site to report', name, Object.fromEntries(reported.map((own) => [own, true])));
}
