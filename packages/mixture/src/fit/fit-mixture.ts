import type { Dataset, Executor, Family, Key, Matrix, Table, Transform } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { dataset, isDataset, meanStatistics, openReader, prepare, runPass, scalingsOf } from '@mixtention/core/data';
import { key, split } from '@mixtention/core/numeric';
import { pointWeights } from '../weights/index.ts';
import { checkFit } from './check-fit.ts';
import { choosePrior } from './choose-prior.ts';
import { chooseStart } from './choose-start.ts';
import { constantColumns } from './fit-notes.ts';
import type { Problem } from './problem.ts';
import { report } from './report.ts';
import { byQuality, firstState, isHealthy, type Outcome, runStart } from './run-start.ts';
import { type Begun, screen } from './screen.ts';
import type { Fit, FitInput, FitMethod, FitOptions, Screening } from './types.ts';

/** Relative to the variance of a column: components a thousand times narrower than the data are taken for collapsed. */
const FLOOR = 1e-6;

/** Variances of a component are within 1e-16 of their column's: the square of a scale needs as much room above 1e-308. */
const LEAST_SCALE = 1e-145;

/**
 * Fits a mixture: checks the input, puts the rows once into memory, runs every start through the one loop and reports the best.
 *
 * The driver of `em` and `svi`, which differ only in the algorithm that `method.plan` makes. Rows are standardised where the family asks for
 * it; parameters and log-likelihoods are mapped back. Components come in decreasing order of weight. Nothing is changed in the input, also
 * when the fit is aborted.
 *
 * @param input    `[N, D]`, or a data set
 * @param options  see `FitOptions`; options of the method itself are passed through
 * @param method   who fits, and how
 * @returns the model with status, criteria, trace and costs; numerical trouble is a status, not an error
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, NOT_FINITE, UNKNOWN_NAME for input that cannot be used; ABORTED when the signal fires
 *
 * Cost: one copy of the data, then one pass and one update per iteration and start.
 *
 * @example
 * const method = { where: 'mine/fit', plan: ({ config }) => ({ algorithm: batch(config) }) };
 * const { logLikelihood } = await fitMixture(faithful(), { components: 2 }, method); // −1130.264
 */
export async function fitMixture(input: FitInput, options: FitOptions, method: FitMethod): Promise<Fit> {
  const { x, family } = checkFit(input, options, method);
  const root = key(options.seed ?? 0);
  const executor = options.executor ?? inline();
  try {
    const problem = pose(x, family, { options, method, executor });
    const clock = performance.now();
    const { outcomes, screening } = await runAll(problem, options, { root, screen: options.screen ?? method.screen });
    const seconds = (performance.now() - clock) / 1000;
    const best = byQuality(outcomes)[0]!;
    const own = options.executor !== undefined;
    return await report(problem, outcomes, { best, screening, seconds, signal: options.signal, own });
  } finally {
    if (options.executor === undefined) await executor.close();
  }
}

function pose(
  x: Table | Dataset,
  family: Family,
  { options, method, executor }: { options: FitOptions; method: FitMethod; executor: Executor },
): Problem {
  const { components, floor = FLOOR, weights, shardRows } = options;
  const { where } = method;
  const raw = isDataset(x) ? x : dataset(x, { weights, shardRows }, where);
  checkSupport(raw, family);
  const data = prepare(raw, scalingsOf(family, raw.width));
  checkScales(where, data.transform);
  const mean = (): Float64Array[] => meanStatistics(family.terms(data.width), data);
  const prior = choosePrior(where, options.prior, family, { width: data.width, mean });
  const start = chooseStart(where, options.start, {
    family,
    components,
    width: data.width,
    transform: data.transform,
    mean,
  });
  const isGiven = typeof start !== 'string';
  const config = {
    family,
    components,
    start: isGiven ? 'given' : start,
    prior: prior.values?.family ?? null,
    weights: prior.values?.weights ?? pointWeights(),
    floor,
  } as const;
  const plan = method.plan({ config, data });
  const shift = -data.totalWeight * data.transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
  return { family, data, executor, config, given: isGiven ? start : null, prior, plan, shift };
}

/** One pass: cells outside the family's support are refused by row and column. */
function checkSupport(data: Dataset, family: Family): void {
  runPass(openReader(data), {
    add: ({ data: cells, rows, cols }, first) => {
      const isFloat = cells instanceof Float64Array || cells instanceof Float32Array;
      const x: Matrix = { data: isFloat ? cells : Float64Array.from(cells), rows, cols };
      family.checkSupport(x, first);
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

/** Short runs, and how many of them are run to the end. */
const SCREEN = 10;
const RESTARTS = 1;

async function runAll(
  problem: Problem,
  options: FitOptions,
  { root, screen: starts = SCREEN }: { readonly root: Key; readonly screen: number | undefined },
): Promise<{ readonly outcomes: Outcome[]; readonly screening: Screening | null }> {
  const { maxIterations = 1000, tolerance = 1e-8, budgetMs = Number.POSITIVE_INFINITY, signal, onStep } = options;
  // Given values are one start, however often it would be repeated.
  const restarts = problem.given === null ? (options.restarts ?? RESTARTS) : 1;
  const deadline = performance.now() + budgetMs;
  const setting = { ...problem, algorithm: problem.plan.algorithm, maxIterations, tolerance, budgetMs, signal, onStep };
  let begun: readonly Begun[] = Array.from({ length: restarts }, (_, start) => ({
    start,
    begin: () => firstState(problem, split(root, 'fit', start)),
  }));
  let rows: number | null = null;
  let passes = 0;
  // Where all starts are run to the end there is nothing to choose; one component has one start.
  if (problem.given === null && starts > restarts && problem.config.components > 1)
    ({ begun, rows, passes } = await screen(problem, setting, { starts, root }));
  const outcomes: Outcome[] = [];
  for (const { begin } of begun) {
    const restart = outcomes.length;
    const left = deadline - performance.now();
    if (restart > 0 && (left <= 0 || outcomes.filter(isHealthy).length >= restarts)) break;
    outcomes.push(
      await runStart(begin, { ...setting, budgetMs: left, restart, restarts: Math.max(restarts, restart + 1) }),
    );
    // Where a column is constant no start ends otherwise.
    if (rows !== null && restart + 1 >= restarts && constantColumns(problem.data, problem.family).length > 0) break;
  }
  if (rows === null) return { outcomes, screening: null };
  const kept = begun.slice(0, outcomes.length).map(({ start }) => start);
  return { outcomes, screening: { starts: begun.length, rows, passes, kept } };
}
