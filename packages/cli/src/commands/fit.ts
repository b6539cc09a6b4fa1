import type { Matrix } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { workWidth } from '@mixtention/core/kernel';
import { loadBackend, openExecutor, type Problem } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { bernoulli, type Fit, type FitOptions, gaussian, type Progress } from '@mixtention/mixture';
import { fitDefaults } from '@mixtention/mixture/fit';
import { fitByGradient, gradientDefaults } from '@mixtention/svi';
import { Command, Option } from 'commander';
import { blocks } from '../blocks.ts';
import { summarize } from '../fit-summary.ts';
import { fitTable } from '../fit-table.ts';
import { listen } from '../interrupt.ts';
import { checkWritable, writeModel } from '../model-file.ts';
import { backendOption, jsonOption, notNegative, positive, whole, withDataOptions, workersOrAuto } from '../options.ts';
import { checkStreams, showSummary } from '../output.ts';
import { progressLine } from '../progress.ts';
import { readRows } from '../read-rows.ts';
import { type FitTable, readTable, type TableFlags } from '../read-table.ts';

/** Numbers of all covariances that are printed; these alone make a gigabyte of text. */
const MOST_PRINTED = 2 ** 26;

type Covariance = 'full' | 'tied' | 'diagonal' | 'spherical';

type Flags = TableFlags & {
  family: 'gaussian' | 'bernoulli';
  covariance?: Covariance;
  components: number;
  optimizer: 'em' | 'adam' | 'sgd';
  screen: number;
  restarts: number;
  seed: number;
  maxIterations?: number;
  tolerance: number;
  workers: number | 'auto';
  backend: 'auto' | 'native' | 'wasm' | 'plain';
  start: 'k-means++' | 'k-means' | 'random';
  prior?: 'none' | 'weak';
  learningRate?: number;
  minibatch?: number;
  floor: number;
  test?: string;
  out?: string;
  json?: boolean;
};

/** `mixtention fit DATA`: a mixture by structured EM, or by gradients. */
export function fitCommand(signal: AbortSignal): Command {
  const command = new Command('fit')
    .description('Fit a mixture model to the rows of a file (.npy, .csv, IDX, .amat; each also gzipped).')
    .argument('<data>', 'file with one row per data point; - is standard input');
  return withDataOptions(command)
    .addOption(
      new Option('--family <name>', 'what a component is')
        .choices(['gaussian', 'bernoulli'])
        .default(fitDefaults.family),
    )
    .addOption(
      new Option('--covariance <shape>', `of Gaussian components (default: "${fitDefaults.covariance}")`).choices([
        'full',
        'tied',
        'diagonal',
        'spherical',
      ]),
    )
    .option('--components <n>', 'number of components', whole(1), 2)
    .addOption(new Option('--optimizer <name>', 'EM, or gradient ascent').choices(['em', 'adam', 'sgd']).default('em'))
    .option('--screen <n>', 'starts tried by short runs; 0: none', whole(0), fitDefaults.screen)
    .option(
      '--restarts <n>',
      'of these the best so many are run to the end; the best is kept',
      whole(1),
      fitDefaults.restarts,
    )
    .option('--seed <n>', 'same seed, same result', whole(0), fitDefaults.seed)
    .option(
      '--max-iterations <n>',
      `updates at most, per start (default: ${fitDefaults.maxIterations}, of adam and sgd ${gradientDefaults.maxIterations})`,
      whole(0),
    )
    .option(
      '--tolerance <nats>',
      'converged when no more than this is left to gain per row',
      notNegative,
      fitDefaults.tolerance,
    )
    .option('--stream', 'read rows from the disk in every pass (default: when the table does not fit into memory)')
    .option('--workers <n>', 'worker threads, or auto', workersOrAuto, 'auto')
    .addOption(backendOption())
    .addOption(
      new Option('--start <method>', 'where a fit starts')
        .choices(['k-means++', 'k-means', 'random'])
        .default(fitDefaults.start),
    )
    .addOption(
      new Option(
        '--prior <name>',
        'none: maximum likelihood; weak: weak conjugate prior (default: weak Beta(1.1, 1.1) for bernoulli, none for gaussian)',
      ).choices(['none', 'weak']),
    )
    .option('--learning-rate <x>', 'of adam and sgd', positive)
    .option('--minibatch <rows>', 'rows per step of adam and sgd (default: all)', whole(1))
    .option(
      '--floor <share>',
      'least variance of a component, relative to that of its column',
      notNegative,
      fitDefaults.floor,
    )
    .option('--test <file>', 'held-out rows to score')
    .option('--out <file>', 'write the model as JSON; - is standard output')
    .addOption(jsonOption())
    .action((path: string, flags: Flags) => runFit(path, flags, signal));
}

async function runFit(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  checkFlags(flags);
  const inputs = flags.test === undefined ? [path] : [path, flags.test];
  await checkStreams(inputs, flags);
  const where = 'cli/fit';
  const data = await readTable(path, flags, where);
  try {
    await fitTo(data, flags, signal);
  } finally {
    data.close();
  }
}

async function fitTo(data: FitTable, flags: Flags, signal: AbortSignal): Promise<void> {
  const test = flags.test === undefined ? undefined : await readTest(flags.test, data, flags);
  if (test !== undefined) checkTest(test, data, flags);
  checkPrintable(data, flags);
  if (flags.out !== undefined)
    checkWritable(data.cols, { components: flags.components, covariance: covarianceOf(flags) });
  await listen(signal);
  const problem = problemOf(data, flags);
  const executor = await openExecutor({ backend: flags.backend, workers: flags.workers, problem });
  const line = progressLine();
  try {
    const onStep = (progress: Progress): void => line.show(progressText(progress));
    const result = await fitWith(data.input, flags, { executor, signal, onStep });
    line.done();
    const testScore = test === undefined ? undefined : await scoreOn(test, result, signal);
    if (flags.out !== undefined) await writeModel(flags.out, result.model);
    const summary = summarize(result, { ...flags, covariance: covarianceOf(flags) }, testScore);
    await showSummary({ json: summary, text: fitTable(summary) }, flags);
  } finally {
    line.done();
    await executor.close();
  }
}

/** Options that the chosen optimizer would not look at. */
function checkFlags({ optimizer, learningRate, minibatch }: Flags): void {
  const useless = learningRate !== undefined ? '--learning-rate' : minibatch !== undefined ? '--minibatch' : null;
  if (optimizer === 'em' && useless !== null)
    fail('cli/fit', 'BAD_OPTION', `${useless} goes with --optimizer adam or sgd, the optimizer is em`);
}

/** Held-out rows, their columns by name where both files have names. */
async function readTest(path: string, { columns }: FitTable, flags: Flags): Promise<Matrix> {
  const known = columns === undefined ? null : { columns, what: 'the model is fitted on' };
  return (await readRows(path, flags, { where: 'cli/fit', known })).data;
}

/** What scoring would refuse, before the fit and not after it. */
function checkTest(test: Matrix, data: FitTable, { test: path, family }: Flags): void {
  if (test.cols !== data.cols)
    fail('cli/fit', 'BAD_SHAPE', `${path} has ${test.cols} columns, the data have ${data.cols}`);
  if (family === 'bernoulli') bernoulli.checkSupport(test);
}

/** What printing would choke on, before the fit and not after it. */
function checkPrintable({ cols }: FitTable, { json, family, components }: Flags): void {
  if (!json || family !== 'gaussian' || components * cols * cols <= MOST_PRINTED) return;
  const size = `${components} covariances of ${cols} × ${cols} numbers`;
  fail(
    'cli/fit',
    'BAD_OPTION',
    `--json prints ${size}, ${MOST_PRINTED} numbers at most were due; keep the model with --out instead`,
  );
}

function fitWith(
  data: FitTable['input'],
  flags: Flags,
  shared: Pick<FitOptions, 'executor' | 'signal' | 'onStep'>,
): Promise<Fit> {
  const { components, family, covariance, screen, restarts, seed, maxIterations, tolerance, start, prior, floor } =
    flags;
  const options: FitOptions = {
    components,
    family,
    ...(covariance !== undefined && { covariance }),
    screen,
    restarts,
    seed,
    ...(maxIterations !== undefined && { maxIterations }),
    tolerance,
    start,
    ...(prior !== undefined && { prior }),
    floor,
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
async function scoreOn(test: Matrix, { model, backend: name }: Fit, signal: AbortSignal): Promise<number> {
  const backend = await loadBackend(name);
  let sum = 0;
  for await (const { rows } of blocks(test, model, signal))
    sum = model.logDensity(rows, { backend }).reduce((total, l) => total + l, sum);
  return sum / test.rows;
}

function covarianceOf({ family, covariance = fitDefaults.covariance }: Flags): Covariance | null {
  return family === 'gaussian' ? covariance : null;
}

function problemOf({ rows, cols }: FitTable, { family: name, components, ...flags }: Flags): Problem {
  const family = name === 'gaussian' ? gaussian(flags.covariance ?? fitDefaults.covariance) : bernoulli;
  return { rows, components, width: workWidth(family.terms(cols), cols) };
}

function progressText({ phase, restart, restarts, iteration, logLikelihood, seconds }: Progress): string {
  const what = phase === 'screen' ? 'short run' : 'start';
  return `${what} ${restart + 1} of ${restarts}, iteration ${iteration}, log-likelihood ${logLikelihood.toFixed(4)}, ${seconds.toFixed(1)} s`;
}
