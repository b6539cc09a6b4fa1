import { MixtentionError } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { type Problem, problemOf as problemOn } from '@mixtention/core/plan';
import { loadBackend, openExecutor } from '@mixtention/core/threads';
import { type BayesFit, fit, fitBayes, type Moved, type Schedule } from '@mixtention/em';
import { bernoulli, type Checkpoint, type Fit, type FitOptions, gaussian, type Progress } from '@mixtention/mixture';
import { fitDefaults } from '@mixtention/mixture/fit';
import { fitByGradient } from '@mixtention/svi';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { summarize } from '../fit-summary.ts';
import { fitTable } from '../fit-table.ts';
import { listen } from '../interrupt.ts';
import { checkWritable, writeModel } from '../model-file.ts';
import { jsonOption } from '../options.ts';
import { checkStreams, showSummary, writeAndShow } from '../output.ts';
import { progressLine } from '../progress.ts';
import { type FitTable, openTable, readTable, type Table } from '../read-table.ts';
import { inWords } from '../words.ts';
import { checkCheckpoint, checkpointing, flagsOf, readCheckpoint } from './fit-checkpoint.ts';
import { type Covariance, type Flags, KEPT, type SettledFlags, withComponents, withFitOptions } from './fit-flags.ts';
import { checkInference, readPrior } from './fit-inference.ts';
import { inFileWords } from './prior-file.ts';

/** Numbers of all covariances that are printed; these alone make a gigabyte of text. */
const MOST_PRINTED = 2 ** 26;

/** Cells of held-out rows that are checked at once. */
const CHECKED_CELLS = 2 ** 20;

/** The signal that a person or the system interrupts with, and who is to know that a result is not the end of it. */
export type Interruption = { readonly signal: AbortSignal; onStopped(): void };

/** `mixtention fit DATA`: a mixture by structured EM, or by gradients. Interrupted, it gives the best so far. */
export function fitCommand(interruption: Interruption): Command {
  const command = new Command('fit')
    .description('Fit a mixture model to the rows of a file (.npy, .csv, IDX, .amat; each also gzipped).')
    .argument('<data>', 'file with one row per data point; - is standard input');
  return withFitOptions(command)
    .option('--test <file>', 'held-out rows to score')
    .option('--out <file>', 'write the model as JSON; - is standard output')
    .addOption(jsonOption())
    .action((path: string, flags: Flags, self: Command) =>
      resumeOrFit(path, flags, { ...interruption, command: self }),
    );
}

async function resumeOrFit(
  path: string,
  flags: Flags,
  { command, ...interruption }: Interruption & { readonly command: Command },
): Promise<void> {
  if (flags.resume === undefined) return runFit(path, flags, interruption);
  await checkStreams(inputsOf(path, flags), flags);
  const resume = await readCheckpoint(flags.resume);
  const all = flagsOf(flags, resume, { names: KEPT, command });
  return runFit(path, all, { ...interruption, resume }).catch((error) => {
    const isAway = error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE';
    if (!isAway || all.backend !== resume.backend) throw error;
    const way = `the checkpoint was made on ${resume.backend}: with --force another backend goes on from it, with other last bits`;
    return fail('cli/fit', error.code, `${inWords(error.message)}; ${way}`, error);
  });
}

/** All that is read: rows, held-out ones, a checkpoint, a prior. */
function inputsOf(path: string, { test, resume, prior }: Flags): string[] {
  const isFile = prior !== 'none' && prior !== 'weak';
  return [path, test, resume, isFile ? prior : undefined].filter((input) => input !== undefined);
}

async function runFit(
  path: string,
  flags: Flags,
  setting: Interruption & { readonly resume?: Checkpoint },
): Promise<void> {
  checkFlags(flags);
  checkInference(flags);
  const inputs = inputsOf(path, flags);
  await checkStreams(inputs, flags);
  // A checkpoint may take the place of the one that it goes on from.
  await checkCheckpoint(
    inputs.filter((input) => input !== flags.resume),
    flags,
  );
  const where = 'cli/fit';
  const data = await readTable(path, flags, where);
  try {
    await fitTo(data, withComponents(flags, data.rows), setting);
  } finally {
    data.close();
  }
}

async function fitTo(
  data: FitTable,
  flags: SettledFlags,
  { signal, onStopped, resume }: Interruption & { readonly resume?: Checkpoint },
): Promise<void> {
  const test = flags.test === undefined ? undefined : await openTest(flags.test, data, flags);
  try {
    await fitAndScore(data, test, flags, { signal, onStopped, resume });
  } finally {
    test?.close();
  }
}

async function fitAndScore(
  data: FitTable,
  test: Table | undefined,
  flags: SettledFlags,
  { signal, onStopped, resume }: Interruption & { readonly resume?: Checkpoint | undefined },
): Promise<void> {
  const prior = await readPrior(flags, data.cols);
  if (test !== undefined) checkTest(test, data, flags);
  checkPrintable(data, flags);
  if (flags.out !== undefined)
    checkWritable(data.cols, { components: flags.components, covariance: covarianceOf(flags) });
  await listen(signal);
  const problem = problemOf(data, flags);
  const executor = await openExecutor({
    backend: flags.backend,
    workers: flags.workers,
    problem,
    precision: flags.precision,
  });
  const line = progressLine();
  try {
    const result = await fitWith(data.input, flags, {
      ...(prior !== undefined && { prior }),
      executor,
      stopSignal: signal,
      onStep: (progress) => line.show(progressText(progress)),
      ...checkpointing(flags, KEPT),
      ...(resume !== undefined && { resume }),
      force: flags.force === true,
    }).catch((error) => {
      throw inFileWords(error, covarianceOf(flags));
    });
    line.done();
    const testScore = test === undefined ? undefined : await scoreUnlessStopped(test, result, signal);
    const summary = summarize(result, { ...flags, covariance: covarianceOf(flags) }, testScore);
    await writeAndShow(
      () => (flags.out === undefined ? Promise.resolve() : writeModel(flags.out, result.model)),
      () => showSummary({ json: summary, text: fitTable(summary) }, flags),
    );
    if (signal.aborted) onStopped();
  } finally {
    line.done();
    await executor.close();
  }
}

/** Options that the chosen optimizer or schedule would not look at. */
function checkFlags(flags: Flags): void {
  const { optimizer, schedule = 'batch', learningRate, minibatch, forgetting, delay } = flags;
  const refuse = (name: string, due: string, came: string): never =>
    fail('cli/fit', 'BAD_OPTION', `--${name} goes with ${due}, the ${came}`);
  const isEm = optimizer === 'em';
  if (isEm && learningRate !== undefined)
    refuse('learning-rate', '--optimizer adam, rmsProp or sgd', `optimizer is ${optimizer}`);
  if (!isEm && flags.moves !== undefined && flags.moves !== 'none')
    refuse('moves', '--optimizer em', `optimizer is ${optimizer}`);
  if (isEm && schedule === 'stepwise' && flags.moves !== undefined && flags.moves !== 'none')
    refuse('moves', '--schedule batch or memoized', `schedule is ${schedule}`);
  if (!isEm && flags.schedule !== undefined) refuse('schedule', '--optimizer em', `optimizer is ${optimizer}`);
  if (isEm && schedule === 'batch' && minibatch !== undefined)
    refuse(
      'minibatch',
      '--optimizer adam, rmsProp or sgd, or --schedule stepwise or memoized',
      `optimizer is em, the schedule batch`,
    );
  const useless = forgetting !== undefined ? 'forgetting' : delay !== undefined ? 'delay' : null;
  if (useless !== null && (!isEm || schedule !== 'stepwise'))
    refuse(useless, '--schedule stepwise', isEm ? `schedule is ${schedule}` : `optimizer is ${optimizer}`);
}

/** The schedule of EM, as the library takes it. */
function scheduleOf({ schedule, minibatch, forgetting, delay }: Flags): Schedule | undefined {
  if (schedule === undefined || schedule === 'batch') return schedule;
  const own = minibatch === undefined ? {} : { minibatch };
  if (schedule === 'memoized') return { name: schedule, ...own };
  return {
    name: schedule,
    ...own,
    ...(forgetting !== undefined && { forgetting }),
    ...(delay !== undefined && { delay }),
  };
}

/** Held-out rows, their columns by name where both files have names. */
async function openTest(path: string, { columns }: FitTable, flags: Flags): Promise<Table> {
  const known =
    columns === undefined
      ? null
      : { columns, what: 'the model is fitted on', wayOut: 'both files must name their columns alike' };
  return openTable(path, flags, { where: 'cli/fit', known });
}

/** What scoring would refuse, before the fit and not after it; rows that are not in memory are read for it. */
function checkTest(test: Table, data: FitTable, { test: path, family }: Flags): void {
  if (test.cols !== data.cols)
    fail('cli/fit', 'BAD_SHAPE', `${path} has ${counted(test.cols, 'column')}, the data have ${data.cols}`);
  const size = Math.max(1, Math.floor(CHECKED_CELLS / test.cols));
  for (let first = 0; first < test.rows; first += size) {
    const some = test.read(first, Math.min(test.rows, first + size));
    if (family === 'bernoulli') bernoulli.checkSupport(some, { first });
  }
}

/** What printing would choke on, before the fit and not after it. */
function checkPrintable({ cols }: FitTable, { json, family, components }: SettledFlags): void {
  if (!json || family !== 'gaussian' || components * cols * cols <= MOST_PRINTED) return;
  const size = `${counted(components, 'covariance')} of ${cols} × ${cols} numbers`;
  fail(
    'cli/fit',
    'BAD_OPTION',
    `--json prints ${size}, ${MOST_PRINTED} numbers at most were due; keep the model with --out instead`,
  );
}

function fitWith(
  data: FitTable['input'],
  flags: SettledFlags,
  shared: Partial<FitOptions>,
): Promise<(Fit | BayesFit) & Partial<Moved>> {
  const { components, family, covariance, screen, restarts, seed, maxIterations, tolerance, precision, start, floor } =
    flags;
  const options: FitOptions = {
    components,
    family,
    ...(covariance !== undefined && { covariance }),
    ...(screen !== undefined && { screen }),
    restarts,
    seed,
    ...(maxIterations !== undefined && { maxIterations }),
    ...(tolerance !== undefined && { tolerance }),
    precision,
    start,
    floor,
    ...shared,
  } as FitOptions;
  const schedule = scheduleOf(flags);
  const { moves } = flags;
  const em = { ...options, ...(schedule !== undefined && { schedule }), ...(moves !== undefined && { moves }) };
  if (flags.inference === 'vb') return fitBayes(data, em);
  if (flags.optimizer === 'em') return fit(data, em);
  return fitByGradient(data, {
    ...options,
    optimizer: flags.optimizer,
    ...(flags.learningRate !== undefined && { learningRate: flags.learningRate }),
    ...(flags.minibatch !== undefined && { minibatch: flags.minibatch }),
  });
}

/** Who interrupts wants to see what there is, not what more could be computed of it. */
async function scoreUnlessStopped(test: Table, result: Fit, signal: AbortSignal): Promise<number | undefined> {
  if (signal.aborted) return undefined;
  return scoreOn(test, result, signal).catch((cause) => {
    if (signal.aborted) return undefined;
    throw cause;
  });
}

/** Held-out rows are scored on the backend that fitted, since there may be many. */
async function scoreOn(test: Table, { model, backend: name }: Fit, signal: AbortSignal): Promise<number> {
  const backend = await loadBackend(name);
  let sum = 0;
  for await (const { rows } of blocks(test, model, signal))
    sum = model.logDensity(rows, { backend }).reduce((total, l) => total + l, sum);
  return sum / test.rows;
}

function covarianceOf({ family, covariance = fitDefaults.covariance }: Flags): Covariance | null {
  return family === 'gaussian' ? covariance : null;
}

function problemOf({ rows, cols }: FitTable, { family: name, components, ...flags }: SettledFlags): Problem {
  const family = name === 'gaussian' ? gaussian(flags.covariance ?? fitDefaults.covariance) : bernoulli;
  return problemOn(family.terms(cols), { rows, cols, components });
}

function progressText({ phase, restart, restarts, iteration, objective, logLikelihood, seconds }: Progress): string {
  const what = phase === 'screen' ? 'short run' : 'start';
  const height = Number.isNaN(logLikelihood)
    ? `objective ${objective.toFixed(4)}`
    : `log-likelihood ${logLikelihood.toFixed(4)}`;
  return `${what} ${restart + 1} of ${restarts}, iteration ${iteration}, ${height}, ${seconds.toFixed(1)} s`;
}
