import { complete, effectiveComponents } from '@mixtention/attention';
import type { Backend, Matrix } from '@mixtention/core';
import { checkWidth } from '@mixtention/core/base';
import { backendFor } from '@mixtention/core/threads';
import { checkTarget, writeFileAtomic, writeNpy } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { readModel } from '../model-file.ts';
import { backendOption, columnMask, type DataFlags, jsonOption, withDataOptions } from '../options.ts';
import { print, printJson } from '../print.ts';
import { readRows } from '../read-rows.ts';

type Flags = DataFlags & {
  observed: string;
  backend: 'auto' | 'native' | 'wasm' | 'plain';
  json?: boolean;
  out?: string;
};

/** `mixtention complete MODEL DATA --observed 0:392`: hidden columns predicted from the seen ones, as attention. */
export function completeCommand(signal: AbortSignal): Command {
  const command = new Command('complete')
    .description('Predict some columns from the others under a fitted model, and score the truth.')
    .argument('<model>', 'file that fit --out wrote')
    .argument('<data>', 'file with whole rows; the columns that are not observed are hidden, predicted and scored')
    .requiredOption('--observed <ranges>', 'columns that are seen, from 0 and without the end, as 0:392 or 0:10,20');
  return withDataOptions(command)
    .addOption(backendOption())
    .option('--out <file>', 'write the completed rows as .npy')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: Flags) => runComplete(modelPath, dataPath, { flags, signal }));
}

type Run = { readonly flags: Flags; readonly signal: AbortSignal };

async function runComplete(modelPath: string, dataPath: string, { flags, signal }: Run): Promise<void> {
  if (flags.out !== undefined) await checkTarget(flags.out, [modelPath, dataPath]);
  const model = await readModel(modelPath);
  const data = await readRows(dataPath, flags, 'cli/complete');
  // Of all rows at once, so that messages count from the first row of the file.
  checkWidth(data, model.width, 'cli/complete');
  model.family.checkSupport(data);
  const mask = columnMask(flags.observed, data.cols);
  const problem = { rows: data.rows, components: model.components, width: data.cols };
  const backend = await backendFor(problem, flags.backend);
  const { completed, means } = await completeAll(model, data, { mask, backend, signal });
  if (flags.out !== undefined) await writeFileAtomic(flags.out, writeNpy(completed));
  const observed = mask.reduce((sum, seen) => sum + seen, 0);
  const summary = {
    n: data.rows,
    d: data.cols,
    observed,
    backend: backend.name,
    components: model.components,
    ...means,
  };
  await (flags.json ? printJson(summary) : print(forPeople(summary)));
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
