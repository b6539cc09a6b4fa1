import { type Fit, type FitOptions, type Matrix, type MixtureModel, matrix, type Progress } from '@mixtention/core';
import { readMatrix } from '@mixtention/core/files';
import { loadBackend, openExecutor } from '@mixtention/core/node';
import { fit } from '@mixtention/em';
import { fitByGradient } from '@mixtention/svi';
import { Command, Option } from 'commander';
import { fitTable } from '../fit-table.ts';
import { writeModel } from '../model-file.ts';
import { backendOption, jsonOption, notNegative, positive, whole, workersOrAuto } from '../options.ts';
import { progressLine } from '../progress.ts';

type Flags = {
  family: 'gaussian' | 'bernoulli';
  covariance: 'full' | 'tied' | 'diagonal' | 'spherical';
  components: number;
  optimizer: 'em' | 'adam' | 'sgd';
  restarts: number;
  seed: number;
  maxIterations: number;
  tolerance: number;
  workers: number | 'auto';
  backend: 'auto' | 'native' | 'wasm' | 'plain';
  start: 'k-means++' | 'k-means' | 'random';
  prior?: 'none' | 'weak';
  learningRate?: number;
  minibatch?: number;
  test?: string;
  out?: string;
  json?: boolean;
};

/** `mixtention fit DATA`: a mixture by structured EM, or by gradients. */
export function fitCommand(signal: AbortSignal): Command {
  return new Command('fit')
    .description('Fit a mixture model to the rows of a file (.npy, .csv, IDX, .amat; each also gzipped).')
    .argument('<data>', 'file with one row per data point')
    .addOption(
      new Option('--family <name>', 'what a component is').choices(['gaussian', 'bernoulli']).default('gaussian'),
    )
    .addOption(
      new Option('--covariance <shape>', 'of Gaussian components')
        .choices(['full', 'tied', 'diagonal', 'spherical'])
        .default('full'),
    )
    .option('--components <n>', 'number of components', whole(1), 2)
    .addOption(new Option('--optimizer <name>', 'EM, or gradient ascent').choices(['em', 'adam', 'sgd']).default('em'))
    .option('--restarts <n>', 'independent starts; the best is kept', whole(1), 10)
    .option('--seed <n>', 'same seed, same result', whole(0), 0)
    .option('--max-iterations <n>', 'updates at most, per start', whole(0), 1000)
    .option('--tolerance <nats>', 'stop when an iteration gains less than this per row', notNegative, 1e-8)
    .option('--workers <n>', 'worker threads, or auto', workersOrAuto, 'auto')
    .addOption(backendOption())
    .addOption(
      new Option('--start <method>', 'where a fit starts')
        .choices(['k-means++', 'k-means', 'random'])
        .default('k-means++'),
    )
    .addOption(
      new Option(
        '--prior <name>',
        'none: maximum likelihood; weak: weak conjugate prior (default: weak Beta(1.1, 1.1) for bernoulli, none for gaussian)',
      ).choices(['none', 'weak']),
    )
    .option('--learning-rate <x>', 'of adam and sgd', positive)
    .option('--minibatch <rows>', 'rows per step of adam and sgd (default: all)', whole(1))
    .option('--test <file>', 'held-out rows to score')
    .option('--out <file>', 'write the model as JSON')
    .addOption(jsonOption())
    .action((path: string, flags: Flags) => runFit(path, flags, signal));
}

async function runFit(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const data = matrix(await readMatrix(path), 'cli/fit');
  const test = flags.test === undefined ? null : matrix(await readMatrix(flags.test), 'cli/fit');
  const executor = await openExecutor({
    backend: flags.backend,
    workers: flags.workers,
    problem: problemOf(data, flags),
  });
  const line = progressLine();
  try {
    const result = await fitWith(data, flags, {
      executor,
      signal,
      onStep: (progress) => line.show(progressText(progress)),
    });
    line.done();
    const testScore = test === null ? undefined : await scoreOn(test, result);
    if (flags.out !== undefined) await writeModel(flags.out, result.model);
    const summary = summarize(result, flags, testScore);
    process.stdout.write(flags.json ? `${JSON.stringify(summary)}\n` : fitTable(summary));
  } finally {
    line.done();
    await executor.close();
  }
}

function fitWith(data: Matrix, flags: Flags, shared: Pick<FitOptions, 'executor' | 'signal' | 'onStep'>): Promise<Fit> {
  const { components, family, covariance, restarts, seed, maxIterations, tolerance, start, prior } = flags;
  const options: FitOptions = {
    components,
    family,
    ...(family === 'gaussian' && { covariance }),
    restarts,
    seed,
    maxIterations,
    tolerance,
    start,
    ...(prior !== undefined && { prior }),
    ...shared,
  } as FitOptions;
  if (flags.optimizer === 'em') return fit(data, options);
  return fitByGradient(data, {
    ...options,
    optimizer: flags.optimizer,
    ...(flags.learningRate !== undefined && { learningRate: flags.learningRate }),
    ...(flags.minibatch !== undefined && { minibatch: flags.minibatch }),
  });
}

/** Held-out rows are scored on the backend that fitted, since there may be many. */
async function scoreOn(test: Matrix, { model, backend }: Fit): Promise<number> {
  return model.score(test, { backend: await loadBackend(backend) });
}

function problemOf(
  data: Matrix,
  { components, family, covariance }: Flags,
): { rows: number; components: number; width: number } {
  const square = family === 'gaussian' && (covariance === 'full' || covariance === 'tied');
  return { rows: data.rows, components, width: square ? data.cols * data.cols : data.cols };
}

function progressText({ restart, restarts, iteration, logLikelihood, seconds }: Progress): string {
  return `start ${restart + 1} of ${restarts}, iteration ${iteration}, log-likelihood ${logLikelihood.toFixed(4)}, ${seconds.toFixed(1)} s`;
}

/** What `--json` prints. */
export type Summary = { readonly [name: string]: unknown };

function summarize(result: Fit, flags: Flags, testScore: number | undefined): Summary {
  const { model } = result;
  return {
    status: result.status,
    message: result.message,
    converged: result.converged,
    iterations: result.iterations,
    seconds: result.seconds,
    backend: result.backend,
    workers: result.workers,
    n: result.rows,
    d: model.width,
    components: model.components,
    family: flags.family,
    covariance: flags.family === 'gaussian' ? flags.covariance : null,
    optimizer: flags.optimizer,
    prior: result.prior,
    seed: flags.seed,
    logLikelihood: result.logLikelihood,
    parameters: result.parameters,
    bic: result.bic,
    aic: result.aic,
    icl: result.icl,
    ...(testScore !== undefined && { testLogLikelihoodPerRow: testScore }),
    weights: Array.from(model.weights),
    means: rowsOf(model.means),
    covariances: covariancesOf(model),
    degenerate: result.degenerate,
    restarts: result.restarts,
    trace: result.trace,
  };
}

function covariancesOf(model: MixtureModel): number[][][] | null {
  return model.covariances?.map(rowsOf) ?? null;
}

function rowsOf({ data, rows, cols }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, n) => Array.from(data.subarray(n * cols, (n + 1) * cols)));
}
