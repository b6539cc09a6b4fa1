import type { ConjugateFamily, Matrix, Tree, TreeShape } from '@mixtention/core';
import { isRecord } from '@mixtention/core/base';
import type { BayesFit, Moved } from '@mixtention/em';
import { bernoulli, type Fit, type GaussianCovariance, gaussian } from '@mixtention/mixture';
import { inWords } from './words.ts';

/** What was asked for, in the words of the command line; `covariance` is null where a family has none. */
export type Asked = {
  readonly family: string;
  readonly covariance: string | null;
  readonly optimizer: string;
  readonly components: number;
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
export function summarize(
  result: (Fit | BayesFit) & Partial<Moved>,
  asked: Asked,
  testScore: number | undefined,
): Summary {
  const { model, moves = [] } = result;
  // What open sticks leave to new components is the model's last, and none that was asked for.
  const components = isBayes(result) ? result.expectedWeights.length : model.components;
  return {
    status: result.status,
    message: inWords(result.message),
    notes: result.notes.map(inWords),
    converged: result.converged,
    iterations: result.iterations,
    seconds: result.seconds,
    passSeconds: result.passSeconds,
    backend: result.backend,
    workers: result.workers,
    precision: result.precision,
    n: result.rows,
    d: model.width,
    columns: model.columns,
    components,
    family: asked.family,
    covariance: asked.covariance,
    optimizer: asked.optimizer,
    inference: isBayes(result) ? 'vb' : result.prior.name === 'none' ? 'ml' : 'map',
    prior: { ...result.prior, values: priorValues(result, asked) },
    seed: asked.seed,
    logLikelihood: result.logLikelihood,
    parameters: result.parameters,
    bic: result.bic,
    aic: result.aic,
    icl: result.icl,
    ...(testScore !== undefined && { testLogLikelihoodPerRow: testScore }),
    ...(isBayes(result) && bayes(result, asked)),
    weights: model.weights.slice(0, components),
    means: rowsOf(model.means).slice(0, components),
    // Made when they are printed: K·D² numbers.
    get covariances() {
      return model.covariances?.slice(0, components).map(rowsOf) ?? null;
    },
    degenerate: result.degenerate,
    certificate: result.certificate,
    ...(moves.length > 0 && { componentsAsked: asked.components }),
    ...((isBayes(result) || moves.length > 0) && { moves }),
    screening: result.screening,
    restarts: result.restarts,
    best: result.best,
    trace: result.trace,
  };
}

type Conjugate = ConjugateFamily['prior'];

function conjugateOf({ family, covariance }: Asked): Conjugate {
  return family === 'gaussian' ? gaussian(covariance as GaussianCovariance).prior : bernoulli.prior!;
}

/** Prior values as they may be given, and the weights by name and numbers. */
function priorValues({ prior: { values }, model: { width } }: Fit, asked: Asked): Summary | null {
  if (values === null) return null;
  const { name, config } = values.weights.spec;
  return { family: nested(values.family, conjugateOf(asked).shape(width)), weights: { name, ...(config as object) } };
}

function isBayes(result: Fit | BayesFit): result is BayesFit {
  return 'bound' in result;
}

/** What a posterior has beside: arrays of it as rows of components. */
function bayes(result: BayesFit, asked: Asked): Summary {
  const { model, bound, boundTerms, expectedCounts, activeComponents, expectedWeights, posterior } = result;
  const shape = conjugateOf(asked).posteriorShape(expectedWeights.length, model.width);
  return {
    bound,
    boundTerms,
    activeComponents,
    expectedCounts,
    expectedWeights,
    ...(model.components > expectedWeights.length && { newComponentWeight: model.weights.at(-1) }),
    posterior: { weights: posterior.weights, ...(nested(posterior.components, shape) as object) },
  };
}

/** Arrays as lists of lists, by their dimensions. */
function nested(tree: Tree, shape: TreeShape): unknown {
  if (tree instanceof Float64Array && Array.isArray(shape)) return nestedArray(tree, shape as readonly number[]);
  if (!isRecord(tree) || typeof shape !== 'object') return tree;
  const parts = shape as { readonly [name: string]: TreeShape };
  return Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, nested(part, parts[name]!)]));
}

function nestedArray(values: Float64Array, [rows, ...inner]: readonly number[]): unknown {
  if (inner.length === 0) return values;
  const size = values.length / rows!;
  return Array.from({ length: rows! }, (_, k) => nestedArray(values.subarray(k * size, (k + 1) * size), inner));
}

function rowsOf({ data, rows, cols }: Matrix): Float64Array[] {
  return Array.from({ length: rows }, (_, n) => Float64Array.from(data.subarray(n * cols, (n + 1) * cols)));
}
