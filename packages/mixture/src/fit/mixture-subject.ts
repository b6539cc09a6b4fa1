import type { Dataset, Family, Key, Matrix, RunFrom, Transform } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { meanStatistics, openReader, runPass, scalingsOf } from '@mixtention/core/data';
import { problemOf } from '@mixtention/core/plan';
import { choosePrior } from './choose-prior.ts';
import { chooseStart } from './choose-start.ts';
import { type Outcome, troubleOf } from './driver/outcome.ts';
import type { Subject } from './driver/subject.ts';
import { constantColumns } from './fit-notes.ts';
import type { Problem } from './problem.ts';
import { report } from './report.ts';
import type { Fit, FitMethod, SettledFit } from './types.ts';

/** Variances of a component are within 1e-16 of their column's: the square of a scale needs as much room above 1e-308. */
const LEAST_SCALE = 1e-145;

/**
 * What is particular to mixtures in a fit: likelihood, prior, starts, criteria. Whoever raises the objective makes the algorithm in `method.plan`.
 *
 * Rows are standardised where the family asks for it; parameters and log-likelihoods are mapped back. Components come in decreasing order of weight.
 */
export function mixtureSubject<Result = Fit>(options: SettledFit, method: FitMethod<Result>): Subject<Result> {
  const { where } = method;
  const { family, components } = options;
  return {
    where,
    columns: (width) => scalingsOf(family, width),
    problem: ({ rows, cols }) => problemOf(family.terms(cols), { rows, cols, components }),
    pose(data) {
      checkSupport(data, family);
      checkScales(where, data.transform);
      const problem = poseMixture(data, options, method);
      const { given, plan } = problem;
      return {
        algorithm: plan.algorithm,
        algorithmOver: (rows) =>
          method.plan({ config: problem.config, data: rows, options, shift: shiftOf(rows) }).algorithm,
        given,
        begin: (key) => beginning(problem, key),
        ...(plan.carry && { carry: plan.carry }),
        measure({ objective, logLikelihood }, rows) {
          const shift = shiftOf({ ...rows, transform: data.transform });
          return { objective: objective + shift, logLikelihood: logLikelihood + shift };
        },
        better: byQuality,
        // Where a column is constant no start ends otherwise.
        isHopeful: constantColumns(data, family).length === 0,
        async report(course) {
          const { fit, order } = await report(problem, course);
          // Without a report of its own the method's result is the fit.
          return (await plan.report?.(fit, course, order)) ?? (fit as Result);
        },
      };
    },
  };
}

function poseMixture<Result>(
  data: Dataset,
  options: SettledFit,
  { where, plan, infers = 'point' }: FitMethod<Result>,
): Problem<Result> {
  const { family, components, floor } = options;
  const { width, transform, totalWeight } = data;
  const mean = (): Float64Array[] => meanStatistics(family.terms(width), data);
  const prior = choosePrior(where, options.prior, family, { width, totalWeight, transform, mean, infers });
  const start = chooseStart(where, options.start, { family, components, width, transform, mean });
  const isGiven = typeof start !== 'string';
  const shift = shiftOf(data);
  const config = {
    family,
    components,
    start: isGiven ? 'given' : start,
    prior: prior.family,
    weights: prior.weights,
    floor,
  } as const;
  return {
    data,
    config,
    given: isGiven ? start : null,
    prior: prior.note,
    plan: plan({ config, data, options, shift }),
    shift,
    infers,
  };
}

/** What is added to a log-likelihood in the space of the fit to have it in the user's units. */
function shiftOf({ totalWeight, transform }: Pick<Dataset, 'totalWeight' | 'transform'>): number {
  return -totalWeight * transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
}

/** Given values, or what the algorithm makes of a sample of the rows. */
function beginning({ config, given, plan }: Problem<unknown>, key: Key): RunFrom {
  if (given !== null) return { state: plan.stateOf === undefined ? given : plan.stateOf(given, key) };
  return { first: { key, components: config.components } };
}

/** Healthy starts before degenerate ones before diverged ones, then by objective. */
function byQuality(a: Outcome, b: Outcome): number {
  const value = ({ objective }: Outcome): number => (Number.isNaN(objective) ? Number.NEGATIVE_INFINITY : objective);
  return troubleOf(a) - troubleOf(b) || (value(a) === value(b) ? 0 : value(b) - value(a));
}

/** One pass: cells outside the family's support are refused by row and column. */
function checkSupport(data: Dataset, family: Family): void {
  runPass(openReader(data), {
    add: ({ data: cells, rows, cols }, first) => {
      const isFloat = cells instanceof Float64Array || cells instanceof Float32Array;
      const x: Matrix = { data: isFloat ? cells : Float64Array.from(cells), rows, cols };
      family.checkSupport(x, { first });
    },
    done: () => {},
  });
}

/** Covariances of user space hold the squares of scales. */
function checkScales(where: string, { scale }: Transform): void {
  const d = scale.findIndex((s) => !(s > LEAST_SCALE && s < 1 / LEAST_SCALE));
  if (d < 0) return;
  const range = `${LEAST_SCALE} to ${1 / LEAST_SCALE}`;
  fail(
    where,
    'BAD_DATA',
    `column ${d} (counted from 0) has standard deviation ${scale[d]}, one from ${range} was due; choose other units`,
  );
}
