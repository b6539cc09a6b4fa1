import type { Matrix } from '@mixtention/core';
import { checkWidth } from '@mixtention/core/base';
import { backendFor } from '@mixtention/core/threads';
import { checkTarget, writeFileAtomic } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { readModel } from '../model-file.ts';
import { backendOption, type DataFlags, jsonOption, withDataOptions } from '../options.ts';
import { PART, print, printJson } from '../print.ts';
import { readRows } from '../read-rows.ts';

type Flags = DataFlags & { backend: 'auto' | 'native' | 'wasm' | 'plain'; json?: boolean; out?: string };

/** `mixtention predict MODEL DATA`: the best component and the log density of every row. */
export function predictCommand(signal: AbortSignal): Command {
  const command = new Command('predict')
    .description('Assign rows to the components of a fitted model.')
    .argument('<model>', 'file that fit --out wrote')
    .argument('<data>', 'file with one row per data point');
  return withDataOptions(command)
    .addOption(backendOption())
    .option('--out <file>', 'write label and log density of every row as CSV')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: Flags) => runPredict(modelPath, dataPath, { flags, signal }));
}

type Run = { readonly flags: Flags; readonly signal: AbortSignal };

async function runPredict(modelPath: string, dataPath: string, { flags, signal }: Run): Promise<void> {
  if (flags.out !== undefined) await checkTarget(flags.out, [modelPath, dataPath]);
  const model = await readModel(modelPath);
  const data = await readRows(dataPath, flags, 'cli/predict');
  const { labels, logDensity, backend } = await predictAll(model, data, { flags, signal });
  if (flags.out !== undefined) await writeFileAtomic(flags.out, partsOfCsv(labels, logDensity, signal));
  const counts = new Array<number>(model.components).fill(0);
  // −1: no component can have made the row
  for (const label of labels) if (label >= 0) counts[label]!++;
  const n = data.rows;
  const logLikelihood = logDensity.reduce((sum, l) => sum + l, 0);
  const summary = { n, d: data.cols, backend, components: model.components, logLikelihood };
  if (flags.json) await printJson({ ...summary, logLikelihoodPerRow: logLikelihood / n, counts, labels, logDensity });
  else await print(forPeople(n, logLikelihood, counts));
}

async function predictAll(
  model: MixtureModel,
  data: Matrix,
  { flags, signal }: Run,
): Promise<{ labels: Int32Array; logDensity: Float64Array; backend: string }> {
  // Of all rows at once, so that messages count from the first row of the file.
  checkWidth(data, model.width, 'cli/predict');
  model.family.checkSupport(data);
  const problem = { rows: data.rows, components: model.components, width: data.cols };
  const backend = await backendFor(problem, flags.backend);
  const labels = new Int32Array(data.rows);
  const logDensity = new Float64Array(data.rows);
  for await (const { rows, start } of blocks(data, model, signal)) {
    labels.set(model.predict(rows, { backend }), start);
    logDensity.set(model.logDensity(rows, { backend }), start);
  }
  return { labels, logDensity, backend: backend.name };
}

/** Text of about a mebibyte at a time: one for all rows would outgrow what a string can hold. */
function* partsOfCsv(labels: Int32Array, logDensity: Float64Array, signal: AbortSignal): Generator<string, void, void> {
  let part = 'label,logDensity\n';
  for (const [n, label] of labels.entries()) {
    part += `${label},${logDensity[n]}\n`;
    if (part.length < PART) continue;
    signal.throwIfAborted();
    yield part;
    part = '';
  }
  yield part;
}

function forPeople(n: number, logLikelihood: number, counts: readonly number[]): string {
  const nobody = n - counts.reduce((sum, count) => sum + count, 0);
  const lines = counts.map((count, k) => `${String(k).padStart(4)}  ${count} rows\n`);
  if (nobody > 0) lines.push(`none  ${nobody} rows that no component can have made\n`);
  return `${n} rows, ${(logLikelihood / n).toFixed(4)} nats per row\n${lines.join('')}`;
}
