import type { Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import { heavyBeside } from '../discrete/index.ts';
import { posterior } from '../model/index.ts';
import { drawNormal } from '../pathfinder/index.ts';
import { approximate, believed, coordinatesIn, equalWeights, meanOf, summarize } from '../report/index.ts';
import { findMode, laplaceAt } from './at-the-mode.ts';
import type { Fitting } from './fit-by-steps.ts';
import { mend, mendedIn } from './mend.ts';
import type { Begun } from './start.ts';
import type { SettledSvi } from './svi-options.ts';

/** The posterior's mode, and the normal about it where the guide is one. */
export function fitAtMode<Data>(
  { model, target, start }: Begun<Data>,
  data: Data,
  root: Key,
  settled: SettledSvi,
): Fitting {
  const { guide, execution, backend, resultDraws } = settled;
  const { nonCentred = [] } = start.around;
  const searched = guide.isPoint ? posterior(model, data, { execution, backend, jacobians: false }) : target;
  const mode =
    settled.start === undefined
      ? findMode(searched, [start.around.mean], root, 4)
      : findMode(searched, [target.freeOf(settled.start)], root, 0);
  const normal = guide.isPoint ? null : laplaceAt(target, mode.u);
  const common = {
    method: guide.name,
    estimator: 'none',
    steps: 0,
    seconds: 0,
    around: start.around,
    nonCentred,
    parameters: {},
    relaxedObjective: null,
    relaxedObjectiveStandardError: null,
    boundBySite: Object.fromEntries(searched.terms(mode.u).map(({ site, logDensity }) => [site, logDensity])),
    gradientEvaluations:
      mode.gradientEvaluations + start.gradientEvaluations + (normal === null ? 0 : 2 * target.dimension),
  };
  if (normal === null) {
    const rows = [target.values(mode.u)];
    const sites = summarize(target.reported, rows, equalWeights(1));
    const point = approximate(target.reported, { rows, logRatios: Float64Array.of(Number.NaN) }, root);
    return {
      ...common,
      status: guide.isPoint ? (mode.converged ? 'converged' : 'stopped') : 'diverged',
      message: guide.isPoint
        ? `the mode has log density ${mode.value.toFixed(4)}; a point has no spread, no bound and no k̂`
        : 'the Hessian at the mode is not negative definite, so no normal can be made of it; the mode alone is told',
      ...point,
      mended: null,
      bound: Number.NaN,
      boundStandardError: Number.NaN,
      logEvidence: Number.NaN,
      logEvidenceStandardError: Number.NaN,
      sites,
      uncorrectedSites: sites,
      densityEvaluations: start.densityEvaluations,
    };
  }
  const { draws, logRatios } = drawNormal(normal, target.logDensity, split(root, 'laplace'), resultDraws);
  const rows = draws.map(target.values);
  const beside = heavyBeside(model, data);
  const own = beside(approximate(target.reported, { rows, logRatios }, root));
  const guided = { target, reported: target.reported, rows, free: draws, logRatios, others: start.others };
  const { evaluations, gradients: _, doubt, ...told } = beside(mend(own, guided, root, settled));
  const { mean: bound, error: boundStandardError } = meanOf(logRatios);
  return {
    ...common,
    status: mode.converged ? 'converged' : 'stopped',
    message: `a normal at the mode; ${mendedIn({ ...told, doubt }, believed(told))}${coordinatesIn(nonCentred)}`,
    bound,
    boundStandardError,
    ...told,
    uncorrectedSites: summarize(target.reported, rows, equalWeights(rows.length)),
    densityEvaluations: start.densityEvaluations + resultDraws + evaluations,
  };
}
