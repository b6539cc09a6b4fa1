import { complete, effectiveComponents } from '@mixtention/attention';
import type { Backend, Matrix } from '@mixtention/core';
import { backendFor } from '@mixtention/core/threads';
import { writeNpy } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { columnMask } from '../columns.ts';
import { csvParts } from '../csv-parts.ts';
import { readModel } from '../model-file.ts';
import { backendOption, byPosition, type DataFlags, jsonOption, withDataOptions } from '../options.ts';
import { checkStreams, showSummary, writeOutput } from '../output.ts';
import { type Rows, readRows } from '../read-rows.ts';
import { checkIds, idName, isNpy, knownBy, problemOf, rowsFor } from '../use-model.ts';

type Flags = DataFlags & {
  observed: string;
  backend: 'auto' | 'native' | 'wasm' | 'plain';
  byPosition?: boolean;
  json?: boolean;
  out?: string;
};

/** `mixtention complete MODEL DATA --observed height`: hidden columns predicted from the seen ones, as attention. */
export function completeCommand(signal: AbortSignal): Command {
  const command = new Command('complete')
    .description('Predict some columns from the others under a fitted model, and score the truth.')
    .argument('<model>', 'file that fit --out wrote; - is standard input')
    .argument('<data>', 'file with whole rows, whose columns that are not observed are hidden, predicted and scored')
    .requiredOption(
      '--observed <list>',
      'columns of the model that are seen, by name or number from 0, as height,weight or 0:392',
    );
  return withDataOptions(command)
    .addOption(byPosition())
    .addOption(backendOption())
    .option('--out <file>', 'write the completed rows: .npy, else CSV; - is standard output')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: Flags) => runComplete(modelPath, dataPath, { flags, signal }));
}

type Run = { readonly flags: Flags; readonly signal: AbortSignal };

async function runComplete(modelPath: string, dataPath: string, { flags, signal }: Run): Promise<void> {
  const { out, json } = flags;
  await checkStreams([modelPath, dataPath], flags);
  if (out !== undefined) checkIds(out, flags);
  const model = await readModel(modelPath);
  const mask = columnMask(flags.observed, model.columns, model.width);
  const where = 'cli/complete';
  const { data: read, ids } = await readRows(dataPath, flags, { where, known: knownBy(model, flags) });
  // Of all rows at once, so that messages count from the first row of the file.
  const data = rowsFor(model, read, { where, byPosition: flags.byPosition });
  model.family.checkSupport(data);
  const backend = await backendFor(problemOf(model, data.rows), flags.backend);
  const { completed, means } = await completeAll(model, data, { mask, backend, signal });
  if (out !== undefined) await writeOutput(out, fileOf(completed, { model, ids, flags, signal }));
  const observed = mask.reduce((sum, seen) => sum + seen, 0);
  const summary = {
    n: data.rows,
    d: data.cols,
    observed,
    backend: backend.name,
    components: model.components,
    ...means,
  };
  await showSummary({ json: summary, text: forPeople(summary) }, { out, json });
}

type Naming = {
  readonly model: MixtureModel;
  readonly ids: Rows['ids'];
  readonly flags: Flags;
  readonly signal: AbortSignal;
};

/** The completed rows in the order of the model's columns, with their names where it knows them. */
function fileOf(completed: Matrix, { model, ids, flags, signal }: Naming): Uint8Array | Iterable<string> {
  if (isNpy(flags.out!)) return writeNpy(completed);
  const { data, rows, cols } = completed;
  const numbers = (n: number): Iterable<number> => data.subarray(n * cols, (n + 1) * cols);
  const names = model.columns === null ? null : [...(ids === null ? [] : [idName(flags)]), ...model.columns];
  const cells = ids === null ? numbers : (n: number) => [ids[n]!, ...numbers(n)];
  return csvParts({ names, rows, cells }, signal);
}

async function completeAll(
  model: MixtureModel,
  data: Matrix,
  { mask, backend, signal }: { mask: Uint8Array; backend: Backend; signal: AbortSignal },
): Promise<{ completed: Matrix; means: { [name: string]: number } }> {
  const completed = new Float64Array(data.rows * data.cols);
  const means = {
    logEvidencePerRow: 0,
    jointLogProbabilityPerRow: 0,
    marginalLogProbabilityPerRow: 0,
    effectiveComponentsPerRow: 0,
  };
  const share = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / data.rows;
  for await (const { rows, start } of blocks(data, model, signal)) {
    const result = complete(model, rows, mask, { backend, truth: rows, responsibilities: true });
    completed.set(result.completed.data, start * data.cols);
    means.logEvidencePerRow += share(result.logEvidence);
    means.jointLogProbabilityPerRow += share(result.jointLogProbability!);
    means.marginalLogProbabilityPerRow += share(result.marginalLogProbability!);
    means.effectiveComponentsPerRow += share(effectiveComponents(result.responsibilities!));
  }
  return { completed: { data: completed, rows: data.rows, cols: data.cols }, means };
}

function forPeople(s: { readonly [name: string]: number | string }): string {
  const nats = (name: string): string => (s[name] as number).toFixed(4);
  return [
    `${s.n} rows: ${s.observed} of ${s.d} columns seen, ${s.components} components, ${s.backend} backend`,
    `seen part          ${nats('logEvidencePerRow')} nats per row`,
    `hidden part        ${nats('jointLogProbabilityPerRow')} nats per row, exact: log p(hidden | seen)`,
    `hidden, singly     ${nats('marginalLogProbabilityPerRow')} nats per row, the sum over columns of log p(column | seen)`,
    `components in use  ${nats('effectiveComponentsPerRow')} per row (exponential of the entropy)`,
    '',
  ].join('\n');
}
