import { resolve } from 'node:path';
import { errorFrom, fail } from '@mixtention/core/base';
import { optimizerNames } from '@mixtention/core/optimize';
import { printable, writeFileAtomic } from '@mixtention/files';
import {
  type Approximation,
  decodeSviCheckpoint,
  encodeSviCheckpoint,
  type Model,
  pathfinder,
  posteriorPredictive,
  type SiteSummaries,
  type SviCheckpoint,
  type SviOptions,
  type SviResult,
  sviDefaults,
  sviSteps,
} from '@mixtention/svi';
import type { TraceMark } from '@mixtention/svi/page';
import type { RowsOptions } from '@mixtention/svi/rows';
import { Command, Option } from 'commander';
import { drawsFile } from '../draws-file.ts';
import { onlySites } from '../only-sites.ts';
import { jsonOption, namesOf, positive, whole } from '../options.ts';
import { checkStreams, STREAM, showSummary, writeAndShow, writeOutput } from '../output.ts';
import { jsonText, say } from '../print.ts';
import { progressLine } from '../progress.ts';
import { viTable } from '../vi-table.ts';
import { watched } from '../watched.ts';
import type { Interruption } from './fit.ts';
import { checkCheckpoint, duration, readText } from './fit-checkpoint.ts';
import { checkRowsFlags, GUIDES, STEPLESS, type ViFlags } from './vi-flags.ts';
import { loadData, loadModel } from './vi-inputs.ts';
import { checkViReport, writeViReport } from './vi-report.ts';
import { viOnRows } from './vi-rows.ts';

/** `mixtention vi MODEL.mjs DATA`: variational inference of a model in a file of the user's. */
export function viCommand({ signal, onStopped }: Interruption): Command {
  const command = new Command('vi')
    .description('Approximate the posterior of a model of your own: a function of named sites in a JavaScript file.')
    .argument('<model>', 'file whose default export is the model: (m, data) => …; it is run')
    .argument(
      '<data>',
      'JSON, which the model gets as it is; or a table (npy, csv, …): named columns as arrays, and all as rows',
    );
  return command
    .addOption(
      new Option(
        '--guide <name>',
        'family of approximate posteriors, or pathfinder (default: by the number of latents)',
      ).choices([...GUIDES, 'pathfinder']),
    )
    .addOption(
      new Option('--estimator <name>', 'of gradients of the bound')
        .choices(['path-derivative', 'pathwise', 'analytic-kl', 'importance-weighted'])
        .default(sviDefaults.estimator),
    )
    .addOption(
      new Option(
        '--discrete <how>',
        'what becomes of discrete latents (default: summed-out, exactly, where the model permits it, else score)',
      ).choices(['score', 'enumerated', 'summed-out', 'relaxed', 'straight-through']),
    )
    .addOption(
      new Option(
        '--optimizer <name>',
        'rule of descent; or natural, gradients of autoNormal and autoMultivariateNormal by their own geometry',
      )
        .choices([...optimizerNames, 'natural'])
        .default('adam'),
    )
    .option('--steps <n>', 'most steps', whole(1), sviDefaults.steps)
    .option(
      '--step-draws <n>',
      'draws of the guide a step: more where gradients are noisy',
      whole(1),
      sviDefaults.draws,
    )
    .option(
      '--accuracy <a>',
      'what averages of parameters may still move by, in units of the start',
      positive,
      sviDefaults.accuracy,
    )
    .option('--learning-rate <r>', 'of the first steps (default: searched)', positive)
    .option('--result-draws <n>', 'draws that the result is made of', whole(1), sviDefaults.resultDraws)
    .option('--sites <names>', 'names of the sites that are told and drawn, as a,b (default: all)', namesOf)
    .option(
      '--non-centred <names>',
      'sites that are fitted as z of location + scale·z, as a,b, or none (default: chosen where location or scale is latent)',
      (names: string) => (names === 'none' ? [] : namesOf(names)),
    )
    .option('--seed <n>', 'of all randomness', whole(0), sviDefaults.seed)
    .option(
      '--on-rows',
      "rows as plate('rows', …) of the model has them, in parts, where they lie; latents of rows are summed out",
    )
    .option('--minibatch <n>', 'with --on-rows: rows that a step sees (default: all)', whole(1))
    .option('--workers <n>', 'with --on-rows: worker threads', whole(0), 0)
    .option('--stream', 'with --on-rows: read rows from the disk in every pass')
    .option('--checkpoint <file>', 'write now and then all that is needed to go on with this run')
    .option(
      '--every <time>',
      `between two checkpoints, as 500ms, 30s or 5m (default: ${sviDefaults.checkpointEveryMs / 1000}s)`,
      duration,
    )
    .option(
      '--resume <file>',
      'go on from a checkpoint of the same model, data and options, to the bits of a run that was never interrupted',
    )
    .option('--draws <file>', 'write posterior draws, a column a number: .npy, else CSV; - is standard output')
    .option(
      '--predict <data>',
      'draw what is observed anew for data of this file, as the posterior has it: those of the fit, or others of the same form',
    )
    .option('--report <file>', 'write a page (.html): whether to believe it, how steps went, every site drawn')
    .option('--out <file>', 'write the result as JSON; - is standard output')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: ViFlags) =>
      runVi(modelPath, dataPath, { flags, signal, onStopped }),
    );
}

type Run = Interruption & { readonly flags: ViFlags };

async function runVi(modelPath: string, dataPath: string, { flags, signal, onStopped }: Run): Promise<void> {
  await checkCheckpoint([modelPath, dataPath], flags, 'cli/vi');
  if (flags.guide !== undefined && STEPLESS.includes(flags.guide) && (flags.checkpoint ?? flags.resume) !== undefined)
    fail('cli/vi', 'BAD_OPTION', `--checkpoint and --resume go with steps; ${flags.guide} takes none`);
  checkRowsFlags(flags);
  const others = [flags.resume, flags.predict].filter((path) => path !== undefined);
  const inputs = [modelPath, dataPath, ...others];
  for (const out of [flags.draws, flags.out]) await checkStreams(inputs, { out, json: flags.json });
  for (const name of ['out', 'checkpoint'] as const)
    if (flags[name] !== undefined && flags.draws !== undefined && resolve(flags[name]) === resolve(flags.draws))
      fail('cli/vi', 'BAD_OPTION', `--${name} and --draws are one file, two were due`);
  await checkViReport(flags, inputs);
  const trace: TraceMark[] = [];
  const whole = await watched(modelPath, signal, () => infer(modelPath, dataPath, { flags, signal, trace }));
  const predictive = await predictionsOf(modelPath, whole, flags);
  const result = onlySites(whole, flags.sites);
  const { draws, around: _, ...told } = { around: null, ...result };
  const summary = { ...told, ...(predictive !== null && { predictive }), model: modelPath, seed: flags.seed };
  const write = async (): Promise<void> => {
    if (flags.out !== undefined) await writeOutput(flags.out, `${jsonText(summary)}\n`);
    if (flags.report !== undefined)
      await writeViReport(flags.report, result, { modelPath, dataPath, trace, predictive });
    if (flags.draws !== undefined) await writeOutput(flags.draws, drawsFile(flags.draws, draws, signal));
  };
  await writeAndShow(write, () =>
    showSummary(
      { json: summary, text: viTable(result, predictive) },
      { out: [flags.draws, flags.out].find((out) => out === STREAM), json: flags.json },
    ),
  );
  if (signal.aborted) onStopped();
}

/** What the posterior says of data that are observed anew; null where nobody asks. */
async function predictionsOf(
  modelPath: string,
  result: Approximation,
  { predict, seed }: ViFlags,
): Promise<SiteSummaries | null> {
  if (predict === undefined) return null;
  const [model, data] = [await loadModel(modelPath), await loadData(predict)];
  return posteriorPredictive(model, data, result, { seed }).sites;
}

type Inferring = { readonly flags: ViFlags; readonly signal: AbortSignal; readonly trace: TraceMark[] };

async function infer(modelPath: string, dataPath: string, { flags, signal, trace }: Inferring) {
  if (flags.onRows) {
    const { discrete: _, ...own } = flags;
    const options = stepOptions(own) as RowsOptions;
    return viOnRows(modelPath, dataPath, { flags, options, signal, trace });
  }
  const model = await loadModel(modelPath);
  const data = await loadData(dataPath);
  const { seed, nonCentred } = flags;
  if (flags.guide === 'pathfinder') return pathfinder(model, data, { seed, ...(nonCentred && { nonCentred }) });
  return takeSteps(model, data, { flags, signal, trace });
}

/** What steps of both ways depend on. */
function stepOptions(flags: ViFlags) {
  const { guide, estimator, discrete, steps, stepDraws, accuracy, learningRate, resultDraws, seed, optimizer } = flags;
  return {
    ...(guide !== undefined && { guide }),
    ...(discrete !== undefined && { discrete }),
    ...(learningRate !== undefined && { learningRate }),
    optimizer,
    estimator,
    steps,
    draws: stepDraws,
    accuracy,
    resultDraws,
    seed,
  };
}

async function takeSteps(
  model: Model<unknown>,
  data: unknown,
  { flags, signal, trace }: Inferring,
): Promise<SviResult> {
  let latest: SviCheckpoint | null = null;
  const keep = (checkpoint: SviCheckpoint): void => {
    latest = checkpoint;
  };
  // A disk that is full costs the checkpoint, and a line on stderr, never the run.
  const write = async (): Promise<void> => {
    if (latest === null) return;
    const text = encodeSviCheckpoint(latest);
    latest = null;
    await writeFileAtomic(flags.checkpoint!, text).catch((thrown: unknown) =>
      say(`mixtention: note: no checkpoint was written: ${printable(errorFrom(thrown).message)}\n`),
    );
  };
  const options = {
    ...stepOptions(flags),
    // Predictions take draws of all latents.
    ...(flags.nonCentred !== undefined && { nonCentred: flags.nonCentred }),
    ...(flags.sites !== undefined && flags.predict === undefined && { report: flags.sites }),
    stopSignal: signal,
    ...(flags.resume !== undefined && { resume: await readText(flags.resume, decodeSviCheckpoint, 'cli/vi') }),
    ...(flags.every !== undefined && { checkpointEveryMs: flags.every }),
    ...(flags.checkpoint !== undefined && { onCheckpoint: keep }),
  } as SviOptions;
  const line = progressLine();
  const begun = performance.now();
  line.show('finding a start and a learning rate');
  try {
    const run = sviSteps(model, data, options);
    for (;;) {
      const next = run.next();
      await write();
      if (next.done) return next.value;
      const { step, bound, learningRate } = next.value;
      trace.push({ step, bound, learningRate });
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      line.show(`step ${step}, bound about ${bound.toFixed(3)}, learning rate ${learningRate}, ${seconds} s`);
      // Lets signals in.
      await new Promise((done) => setImmediate(done));
    }
  } finally {
    line.done();
  }
}
