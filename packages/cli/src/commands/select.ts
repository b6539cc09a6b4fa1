import type { PrecisionChoice } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { type Problem, problemOf as problemOn } from '@mixtention/core/plan';
import { openExecutor } from '@mixtention/core/threads';
import { type Criterion, type HeldOut, type MergeTree, mergeTree, type Selection, select } from '@mixtention/em';
import { bernoulli, gaussian, type MixtureModel } from '@mixtention/mixture';
import { fitDefaults } from '@mixtention/mixture/fit';
import { type Command, InvalidArgumentError, Option, Command as Program } from 'commander';
import { listen } from '../interrupt.ts';
import { checkWritable, writeModel } from '../model-file.ts';
import { dropMissingOption, jsonOption, whole, withDataOptions } from '../options.ts';
import { checkStreams, showSummary, writeAndShow } from '../output.ts';
import { progressLine } from '../progress.ts';
import { type FitTable, readTable, type TableFlags } from '../read-table.ts';
import { mergeTable, selectTable } from '../select-table.ts';
import type { Interruption } from './fit.ts';
import { type Covariance, precisionOption, type RunFlags, withRunOptions } from './fit-flags.ts';

const SHAPES: readonly Covariance[] = ['full', 'tied', 'diagonal', 'spherical'];

/** A grid of more mixtures than this is a slip of the keyboard. */
const MOST_COMPONENTS = 1000;

type Flags = TableFlags &
  RunFlags & {
    family: 'gaussian' | 'bernoulli';
    components: number[];
    covariance?: Covariance[];
    criterion: Criterion;
    heldOut?: HeldOut;
    mergeTree?: true;
    maxIterations?: number;
    precision: PrecisionChoice;
    prior?: 'none' | 'weak';
    out?: string;
    json?: boolean;
  };

/** `mixtention select DATA`: how many components, and which covariances. Interrupted, it gives the best of what was fitted. */
export function selectCommand(interruption: Interruption): Command {
  const command = new Program('select')
    .description('Choose the number of components, and the shape of Gaussian covariances, by a criterion.')
    .argument('<data>', 'file with one row per data point; - is standard input');
  withDataOptions(command)
    .addOption(
      new Option('--components <list>', 'numbers of components to try, as 1:9 (both included) or 2,4,8')
        .argParser(counts)
        .default(counts('1:9'), '1:9'),
    )
    .addOption(
      new Option('--family <name>', 'what a component is')
        .choices(['gaussian', 'bernoulli'])
        .default(fitDefaults.family),
    )
    .option(
      '--covariance <list>',
      `of Gaussian components: ${SHAPES.join(', ')}, some of them apart by commas, or all (default: "${fitDefaults.covariance}")`,
      shapes,
    )
    .addOption(
      new Option('--criterion <name>', 'by which mixtures are compared; bound is that of variational Bayes')
        .choices(['bic', 'icl', 'aic', 'bound', 'held-out'])
        .default('bic'),
    )
    .option(
      '--held-out <folds|share>',
      'rows that held-out keeps from the fits: 5 makes five folds, 0.2 splits off a fifth (default: 5)',
      heldOut,
    )
    .option(
      '--merge-tree',
      'one fit of the most components, merged pair by pair down to one, in the place of a fit of each: quicker, and a tree of what belongs together',
    )
    .option('--max-iterations <n>', `updates at most, per start (default: ${fitDefaults.maxIterations})`, whole(0))
    .addOption(precisionOption())
    .addOption(dropMissingOption());
  return withRunOptions(command)
    .addOption(
      new Option(
        '--prior <name>',
        'none: maximum likelihood; weak: weak conjugate prior (default: weak Beta(1.1, 1.1) for bernoulli, none for gaussian; weak for the criterion bound)',
      ).choices(['none', 'weak']),
    )
    .option('--out <file>', 'write the model that was chosen as JSON; - is standard output')
    .addOption(jsonOption())
    .action((path: string, flags: Flags) => runSelect(path, flags, interruption));
}

/** `1:9`, both included, or `2,4,8`, or both. */
function counts(text: string): number[] {
  const parts = text.split(',').flatMap((part) => {
    const [, from, to = from] = /^\s*(\d+)(?::(\d+))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (!(first >= 1 && last >= first && last - first < MOST_COMPONENTS)) return [Number.NaN];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (parts.some(Number.isNaN)) throw new InvalidArgumentError('Whole numbers from 1 were due, as 1:9 or 2,4,8.');
  return [...new Set(parts)];
}

function shapes(text: string): Covariance[] {
  if (text === 'all') return [...SHAPES];
  return text.split(',').map((name) => {
    const shape = SHAPES.find((known) => known === name.trim());
    if (shape === undefined) throw new InvalidArgumentError(`${SHAPES.join(', ')} or all was due.`);
    return shape;
  });
}

function heldOut(text: string): HeldOut {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return { share: value };
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 2) return { folds: value };
  throw new InvalidArgumentError('A number of folds from 2, or a share between 0 and 1, was due.');
}

async function runSelect(path: string, flags: Flags, { signal, onStopped }: Interruption): Promise<void> {
  checkFlags(flags);
  await checkStreams([path], flags);
  const data = await readTable(path, flags, 'cli/select');
  try {
    const most = Math.max(...flags.components);
    if (flags.out !== undefined)
      checkWritable(data.cols, { components: most, covariance: flags.covariance?.[0] ?? covarianceOf(flags) });
    await listen(signal);
    const executor = await openExecutor({
      backend: flags.backend,
      workers: flags.workers,
      problem: problemOf(data, flags),
      precision: flags.precision,
    });
    const line = progressLine();
    try {
      const common = { executor, stopSignal: signal };
      const chosen = flags.mergeTree
        ? merged(await mergeTree(data.input, { ...treeOptionsOf(flags), ...common }))
        : grown(
            await select(data.input, {
              ...optionsOf(flags),
              ...common,
              onFit: ({ done, total }) => line.show(`fit ${done} of ${total}`),
            }),
          );
      line.done();
      const summary = { ...chosen.summary, n: data.rows, d: data.cols, family: flags.family };
      await writeAndShow(
        () => (flags.out === undefined ? Promise.resolve() : writeModel(flags.out, chosen.model)),
        () => showSummary({ json: summary, text: chosen.text }, flags),
      );
      if (signal.aborted) onStopped();
    } finally {
      line.done();
      await executor.close();
    }
  } finally {
    data.close();
  }
}

/** Options that nothing would look at. */
function checkFlags(flags: Flags): void {
  const { family, covariance, criterion, heldOut: kept, prior } = flags;
  if (family !== 'gaussian' && covariance !== undefined)
    fail('cli/select', 'BAD_OPTION', `--covariance goes with --family gaussian, the family is ${family}`);
  if (kept !== undefined && criterion !== 'held-out')
    fail('cli/select', 'BAD_OPTION', `--held-out goes with --criterion held-out, the criterion is ${criterion}`);
  if (criterion === 'bound' && prior === 'none')
    fail('cli/select', 'BAD_OPTION', '--criterion bound goes with a prior, --prior is none');
  if (flags.mergeTree) checkTree(flags);
}

function checkTree({ components, covariance = [], criterion }: Flags): void {
  const refuse = (sentence: string): never => fail('cli/select', 'BAD_OPTION', sentence);
  if (criterion === 'held-out')
    refuse('--merge-tree goes with no --criterion held-out: what is merged was fitted to all rows');
  if (covariance.length > 1) refuse(`--merge-tree goes with one covariance, there are ${covariance.length}`);
  const most = Math.max(...components);
  if (components.length > 1 && components.length < most)
    refuse(`--merge-tree goes down to one component: --components ${most} or 1:${most} was due`);
}

function optionsOf(flags: Flags): Parameters<typeof select>[1] {
  const { components, covariance, criterion, maxIterations, tolerance, precision, prior } = flags;
  const { family, screen, restarts, seed, start, floor } = flags;
  return {
    components,
    ...(covariance !== undefined && { covariance }),
    criterion,
    ...(flags.heldOut !== undefined && { heldOut: flags.heldOut }),
    family,
    ...(screen !== undefined && { screen }),
    restarts,
    seed,
    start,
    floor,
    precision,
    ...(maxIterations !== undefined && { maxIterations }),
    ...(tolerance !== undefined && { tolerance }),
    ...(prior !== undefined && { prior }),
  };
}

function treeOptionsOf(flags: Flags): Parameters<typeof mergeTree>[1] {
  const { heldOut: _, components, covariance, ...rest } = optionsOf(flags);
  const criterion = flags.criterion as MergeTree['criterion'];
  return { ...rest, components: Math.max(...components), criterion, ...(covariance && { covariance: covariance[0]! }) };
}

type Chosen = { readonly summary: object; readonly text: string; readonly model: MixtureModel };

function grown(selection: Selection): Chosen {
  return { summary: summaryOf(selection), text: selectTable(selection), model: selection.fit.model };
}

function merged(tree: MergeTree): Chosen {
  const { merges, mixtures, model } = tree;
  const { groups } = mixtures[tree.table.indexOf(tree.best)]!;
  return { summary: { ...summaryOf(tree), merges, groups }, text: mergeTable(tree), model };
}

function summaryOf({
  table,
  best,
  criterion,
  why,
  seconds,
  fit,
}: Omit<Selection, 'criterion'> & { readonly criterion: Criterion }): object {
  const { backend, workers } = fit;
  return { table, best, criterion, why, seconds, backend, workers };
}

function covarianceOf({ family }: Flags): Covariance | null {
  return family === 'gaussian' ? fitDefaults.covariance : null;
}

function problemOf({ rows, cols }: FitTable, { family: name, components, covariance }: Flags): Problem {
  const family = name === 'gaussian' ? gaussian(covariance?.[0] ?? fitDefaults.covariance) : bernoulli;
  return problemOn(family.terms(cols), { rows, cols, components: Math.max(...components) });
}
