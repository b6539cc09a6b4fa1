import type { Dataset, Executor, Family, PrecisionChoice } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { fusedFor } from '@mixtention/core/backends';
import { prepare } from '@mixtention/core/data';
import { type Problem, problemOf } from '@mixtention/core/plan';
import type { Covariance, Fit } from '@mixtention/mixture';
import { checkFit, evaluateMixture, type FitInput } from '@mixtention/mixture/fit';
import { fit } from '../batch/fit.ts';
import { type BayesFit, fitBayes } from '../variational-bayes/fit-bayes.ts';
import { checkSelect, type Plan, rowsFor, WHERE } from './check-select.ts';
import { type Part, partsOf } from './held-out.ts';
import { sharedBy } from './shared-executor.ts';
import { boundOf } from './symmetric-modes.ts';
import type { Selection, SelectOptions, SelectProgress, SelectRow } from './types.ts';
import { ranked, whyOf } from './why.ts';

/** One mixture to be tried. */
type Cell = { readonly components: number; readonly covariance: Covariance | null };

/** A mixture that was tried. */
type Tried = { readonly row: SelectRow; readonly fit: Fit | BayesFit };

/**
 * Chooses the number of components, and of Gaussians the covariance: fits every one that is asked for and compares them by a criterion.
 *
 *     bic = p·log n − 2ℓ      aic = 2p − 2ℓ      icl = bic − 2 Σₙ log maxₖ r_nk      held-out: mean log p(x) of rows that the fit has not seen
 *     bound: that of `fitBayes`, plus the log number of symmetric modes where weights are exchangeable, log K! − log m!, m of the components without rows
 *
 * Fits run side by side on the workers of the executor, over one copy of the rows, and have the bits that they have alone.
 *
 * @param x        what `fit` takes
 * @param options  at least `components`, a list; the rest as for `fit`
 * @returns the table of all fits, the best of them with its model, and why
 * @throws as `fit`; BAD_OPTION for an empty list, and for what does not go together
 *
 * Cost: one fit for each entry, `held-out` one more for each fold.
 * Source: Schwarz (1978); Akaike (1974); Biernacki, Celeux & Govaert (2000); Smyth (2000) for held-out likelihood; Bishop (2006), sec. 10.2.4, for log K!.
 *
 * @example
 * const { best, why } = await select(faithful(), { components: [1, 2, 3], covariance: ['full', 'tied'] });
 * [best.components, best.covariance, best.bic]; // [3, 'tied', 2314.30]
 */
export async function select(x: FitInput, options: SelectOptions): Promise<Selection> {
  const plan = checkSelect(options);
  const data = rowsFor(x, options);
  const cells = plan.covariances.flatMap((covariance) =>
    plan.components.map((components) => ({ components, covariance })),
  );
  const executor = options.executor ?? inline(fusedFor(largest(data, cells, plan), options.precision));
  const begun = performance.now();
  const deadline = begun + (options.budgetMs ?? Number.POSITIVE_INFINITY);
  try {
    const seed = options.seed ?? 0;
    const parts =
      plan.heldOut === null ? null : partsOf(data, plan.heldOut, { seed, most: Math.max(...plan.components) });
    const width = executor.starts?.atOnce(data) ?? 1;
    const own = sharedBy(executor, width);
    const tried = await sideBySide(cells, width, {
      isOver: () => options.stopSignal?.aborted === true || performance.now() > deadline,
      onFit: options.onFit,
      try: (cell, signal) => tryCell(cell, { data, parts, plan, executor: own, signal, deadline }),
      signal: options.signal,
    });
    const order = ranked(
      tried.map(({ row }) => row),
      plan.criterion,
    );
    const best = order[0]!;
    return {
      table: tried.map(({ row }) => row),
      best,
      fit: tried.find(({ row }) => row === best)!.fit,
      criterion: plan.criterion,
      why: whyOf(order, plan.criterion),
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    if (options.executor === undefined) await executor.close();
  }
}

/** The costliest pass of all fits: their statistics are wider than their columns. */
function largest(data: Dataset, cells: readonly Cell[], { shared }: Plan): Problem {
  const { rows, width: cols } = data;
  const problems = cells.map(({ components, covariance }) => {
    const own = { ...shared, components, ...(covariance !== null && { covariance }) };
    const { family } = checkFit(data, own, { where: WHERE }).options;
    return problemOf(family.terms(cols), { rows, cols, components });
  });
  const cost = ({ components, width }: Problem): number => components * width;
  return problems.reduce((most, problem) => (cost(problem) > cost(most) ? problem : most));
}

type Trial = {
  readonly data: Dataset;
  readonly parts: readonly Part[] | null;
  readonly plan: Plan;
  readonly executor: Executor;
  readonly signal: AbortSignal;
  readonly deadline: number;
};

async function tryCell(cell: Cell, { data, parts, plan, executor, signal, deadline }: Trial): Promise<Tried> {
  const { components, covariance } = cell;
  const method = plan.criterion === 'bound' ? fitBayes : fit;
  const fitTo = (rows: Dataset): Promise<Fit | BayesFit> =>
    method(rows, {
      ...plan.shared,
      components,
      ...(covariance !== null && { covariance }),
      executor,
      signal,
      ...(deadline < Number.POSITIVE_INFINITY && { budgetMs: Math.max(0, deadline - performance.now()) }),
    });
  const found = await fitTo(data);
  const heldOut =
    parts === null ? null : await scoreHeldOut(parts, fitTo, { executor, precision: plan.shared.precision, signal });
  return { row: rowOf(cell, found, heldOut), fit: found };
}

/** Mean log density of rows, each under the fit that has not seen it. */
async function scoreHeldOut(
  parts: readonly Part[],
  fitTo: (rows: Dataset) => Promise<Fit | BayesFit>,
  where: {
    readonly executor: Executor;
    readonly precision: PrecisionChoice | undefined;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  let sum = 0;
  let weight = 0;
  for (const { train, test } of parts) {
    const { model } = await fitTo(train);
    const { logWeights, params, transform } = model;
    // Of a fit by maximum likelihood or MAP: a family, no posterior predictive.
    const family = model.family as Family;
    // In the space of the fit, where densities are those of the user's units times the scales.
    const mixture = { logWeights, params: family.rescale(params, transform) };
    const precision = where.precision === 'float64' ? where.precision : where.executor.precision;
    const { logLikelihood } = await evaluateMixture(mixture, prepare(test, transform), { ...where, family, precision });
    const shift = transform.scale.reduce((total, s) => total + Math.log(s), 0);
    sum += logLikelihood - test.totalWeight * shift;
    weight += test.totalWeight;
  }
  return sum / weight;
}

/** What the table says of a fit. */
function rowOf({ components, covariance }: Cell, found: Fit | BayesFit, heldOut: number | null): SelectRow {
  const { logLikelihood, parameters, bic, icl, aic, status, degenerate } = found;
  return {
    components,
    covariance,
    logLikelihood,
    parameters,
    bic,
    icl,
    aic,
    ...('bound' in found && boundOf(found.bound, found)),
    ...(heldOut !== null && { heldOut }),
    status,
    isDegenerate: status === 'degenerate' || degenerate.length > 0,
  };
}

type Trials = {
  /** Whether no new one is begun; the first one always is. */
  isOver(): boolean;
  try(cell: Cell, signal: AbortSignal): Promise<Tried>;
  readonly onFit: ((progress: SelectProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
};

/** Tries cells, so many at a time, the largest first so that none is left alone at the end; where one fails the others end. */
async function sideBySide(cells: readonly Cell[], width: number, trials: Trials): Promise<Tried[]> {
  const queue = Array.from(cells.keys()).sort((a, b) => cells[b]!.components - cells[a]!.components || a - b);
  const all: Tried[] = [];
  const stop = new AbortController();
  const abort = (): void => stop.abort(trials.signal?.reason);
  if (trials.signal?.aborted) abort();
  trials.signal?.addEventListener('abort', abort, { once: true });
  let done = 0;
  let failure: { readonly cause: unknown } | null = null;
  const serve = async (): Promise<void> => {
    for (let i = queue.shift(); i !== undefined && failure === null; i = queue.shift()) {
      if (done > 0 && trials.isOver()) return;
      all[i] = await trials.try(cells[i]!, stop.signal);
      trials.onFit?.({ row: all[i]!.row, done: ++done, total: cells.length });
    }
  };
  const fail = (cause: unknown): void => {
    failure ??= { cause };
    stop.abort();
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, cells.length) }, () => serve().catch(fail)));
    if (failure !== null) throw (failure as { readonly cause: unknown }).cause;
  } finally {
    trials.signal?.removeEventListener('abort', abort);
  }
  return all.filter((tried) => tried !== undefined);
}
