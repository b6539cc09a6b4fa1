import type { Matrix } from '@mixtention/core';
import type { Fit } from '@mixtention/mixture';
import { inWords } from './words.ts';

/** What was asked for, in the words of the command line; `covariance` is null where a family has none. */
export type Asked = {
  readonly family: string;
  readonly covariance: string | null;
  readonly optimizer: string;
  readonly seed: number;
};

/** What `--json` prints. */
export type Summary = { readonly [name: string]: unknown };

/**
 * Everything that a fit tells, as plain data.
 *
 * @param asked      what was asked for on the command line
 * @param testScore  mean log density of held-out rows, if there are any
 */
export function summarize(result: Fit, asked: Asked, testScore: number | undefined): Summary {
  const { model } = result;
  return {
    status: result.status,
    message: inWords(result.message),
    notes: result.notes.map(inWords),
    converged: result.converged,
    iterations: result.iterations,
    seconds: result.seconds,
    backend: result.backend,
    workers: result.workers,
    n: result.rows,
    d: model.width,
    columns: model.columns,
    components: model.components,
    family: asked.family,
    covariance: asked.covariance,
    optimizer: asked.optimizer,
    prior: result.prior,
    seed: asked.seed,
    logLikelihood: result.logLikelihood,
    parameters: result.parameters,
    bic: result.bic,
    aic: result.aic,
    icl: result.icl,
    ...(testScore !== undefined && { testLogLikelihoodPerRow: testScore }),
    weights: model.weights,
    means: rowsOf(model.means),
    // Made when they are printed: K·D² numbers.
    get covariances() {
      return model.covariances?.map(rowsOf) ?? null;
    },
    degenerate: result.degenerate,
    certificate: result.certificate,
    screening: result.screening,
    restarts: result.restarts,
    trace: result.trace,
  };
}

function rowsOf({ data, rows, cols }: Matrix): Float64Array[] {
  return Array.from({ length: rows }, (_, n) => Float64Array.from(data.subarray(n * cols, (n + 1) * cols)));
}
