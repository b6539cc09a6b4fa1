import type { Backend, Matrix } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { backendFor } from '@mixtention/core/threads';
import { writeNpy } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { csvParts } from '../csv-parts.ts';
import { readModel } from '../model-file.ts';
import { backendOption, byPosition, type DataFlags, jsonOption, withDataOptions } from '../options.ts';
import { checkStreams, showSummary, writeAndShow, writeOutput } from '../output.ts';
import { type Rows, readRows } from '../read-rows.ts';
import { allocate, checkIds, idName, isNpy, knownBy, problemOf, rowsFor } from '../use-model.ts';

type Flags = DataFlags & {
  backend: 'auto' | 'native' | 'wasm' | 'plain';
  byPosition?: boolean;
  probabilities?: boolean;
  json?: boolean;
  out?: string;
};

/** `mixtention predict MODEL DATA`: the best component and the log density of every row. */
export function predictCommand(signal: AbortSignal): Command {
  const command = new Command('predict')
    .description('Assign rows to the components of a fitted model.')
    .argument('<model>', 'file that fit --out wrote; - is standard input')
    .argument('<data>', 'file with one row per data point; - is standard input');
  return withDataOptions(command)
    .addOption(byPosition())
    .addOption(backendOption())
    .option('--out <file>', 'write id, label and log density of every row: .npy, else CSV; - is standard output')
    .option('--probabilities', 'write the probability of every component too (p0, p1, …)')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: Flags) => runPredict(modelPath, dataPath, { flags, signal }));
}

type Run = { readonly flags: Flags; readonly signal: AbortSignal };

type Prediction = {
  readonly labels: Int32Array;
  readonly logDensity: Float64Array;
  /** `[N, K]`, when asked for */
  readonly probabilities: Float64Array | null;
};

async function runPredict(modelPath: string, dataPath: string, { flags, signal }: Run): Promise<void> {
  const { out, json, probabilities: isWanted = false } = flags;
  if (isWanted && out === undefined && !json)
    fail('cli/predict', 'BAD_OPTION', '--probabilities goes with --out or --json, neither is given');
  await checkStreams([modelPath, dataPath], flags);
  if (out !== undefined) checkIds(out, flags);
  const model = await readModel(modelPath);
  const where = 'cli/predict';
  const { data: read, ids } = await readRows(dataPath, flags, { where, known: knownBy(model, flags) });
  // Of all rows at once, so that messages count from the first row of the file.
  const data = rowsFor(model, read, { where, byPosition: flags.byPosition });
  model.family.checkSupport(data);
  const backend = await backendFor(problemOf(model, data.rows), flags.backend);
  const prediction = await predictAll(model, data, { probabilities: isWanted, backend, signal });
  const { labels, logDensity, probabilities } = prediction;
  const counts = new Array<number>(model.components).fill(0);
  // −1: no component can have made the row
  for (const label of labels) if (label >= 0) counts[label]!++;
  const n = data.rows;
  const logLikelihood = logDensity.reduce((sum, l) => sum + l, 0);
  const perRow = logLikelihood / n;
  const summary = { n, d: data.cols, backend: backend.name, components: model.components, logLikelihood };
  const lists = {
    counts,
    ...(ids && { ids }),
    labels,
    logDensity,
    ...(probabilities && { probabilities: rowsOf(probabilities, model.components) }),
  };
  const shown = { json: { ...summary, logLikelihoodPerRow: perRow, ...lists }, text: forPeople(n, perRow, counts) };
  await writeAndShow(
    async () => {
      if (out !== undefined) await writeOutput(out, fileOf(prediction, { model, ids, flags, signal }));
    },
    () => showSummary(shown, { out, json }),
  );
}

async function predictAll(
  model: MixtureModel,
  data: Matrix,
  { probabilities: isWanted, backend, signal }: { probabilities: boolean; backend: Backend; signal: AbortSignal },
): Promise<Prediction> {
  const { components } = model;
  const labels = new Int32Array(data.rows);
  const logDensity = new Float64Array(data.rows);
  const probabilities = isWanted ? allocate(data.rows, components) : null;
  for await (const { rows, start } of blocks(data, model, signal)) {
    labels.set(model.predict(rows, { backend }), start);
    logDensity.set(model.logDensity(rows, { backend }), start);
    probabilities?.set(model.responsibilities(rows, { backend }).data, start * components);
  }
  return { labels, logDensity, probabilities };
}

type Naming = {
  readonly model: MixtureModel;
  readonly ids: Rows['ids'];
  readonly flags: Flags;
  readonly signal: AbortSignal;
};

function fileOf(prediction: Prediction, { model, ids, flags, signal }: Naming): Uint8Array | Iterable<string> {
  const { labels, logDensity, probabilities } = prediction;
  const rows = labels.length;
  const K = probabilities === null ? 0 : model.components;
  const numbers = function* (n: number): Generator<number, void, void> {
    yield labels[n]!;
    yield logDensity[n]!;
    for (let k = 0; k < K; k++) yield probabilities![n * K + k]!;
  };
  if (isNpy(flags.out!)) {
    const data = new Float64Array(rows * (2 + K));
    for (let n = 0; n < rows; n++) data.set([...numbers(n)], n * (2 + K));
    return writeNpy({ data, rows, cols: 2 + K });
  }
  const own = ['label', 'logDensity', ...Array.from({ length: K }, (_, k) => `p${k}`)];
  if (ids === null) return csvParts({ names: own, rows, cells: numbers }, signal);
  const cells = (n: number): Iterable<string | number> => [ids[n]!, ...numbers(n)];
  return csvParts({ names: [idName(flags), ...own], rows, cells }, signal);
}

function rowsOf(data: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: data.length / width }, (_, n) => data.subarray(n * width, (n + 1) * width));
}

function forPeople(n: number, perRow: number, counts: readonly number[]): string {
  const nobody = n - counts.reduce((sum, count) => sum + count, 0);
  const lines = counts.map((count, k) => `${String(k).padStart(4)}  ${count} rows\n`);
  if (nobody > 0) lines.push(`none  ${nobody} rows that no component can have made\n`);
  return `${n} rows, ${perRow.toFixed(4)} nats per row\n${lines.join('')}`;
}
