import { complete, effectiveComponents } from '@mixtention/attention';
import { checkWidth, matrix } from '@mixtention/core';
import { readMatrix, writeFileAtomic, writeNpy } from '@mixtention/core/files';
import { isSmall, loadBackend } from '@mixtention/core/node';
import { Command } from 'commander';
import { readModel } from '../model-file.ts';
import { backendOption, columnMask, jsonOption } from '../options.ts';

type Flags = {
  observed: string;
  backend: 'auto' | 'native' | 'wasm' | 'plain';
  json?: boolean;
  out?: string;
};

/** `mixtention complete MODEL DATA --observed 0:392`: hidden columns predicted from the seen ones, as attention. */
export function completeCommand(): Command {
  return new Command('complete')
    .description('Predict some columns from the others under a fitted model, and score the truth.')
    .argument('<model>', 'file that fit --out wrote')
    .argument('<data>', 'file with whole rows; the columns that are not observed are hidden, predicted and scored')
    .requiredOption('--observed <ranges>', 'columns that are seen, from 0 and without the end, as 0:392 or 0:10,20')
    .addOption(backendOption())
    .option('--out <file>', 'write the completed rows as .npy')
    .addOption(jsonOption())
    .action(runComplete);
}

async function runComplete(modelPath: string, dataPath: string, flags: Flags): Promise<void> {
  const model = await readModel(modelPath);
  const data = matrix(await readMatrix(dataPath), 'cli/complete');
  checkWidth(data, model.width, 'cli/complete');
  const mask = columnMask(flags.observed, data.cols);
  const small = isSmall({ rows: data.rows, components: model.components, width: data.cols });
  const backend = await loadBackend(flags.backend === 'auto' && small ? 'plain' : flags.backend);
  const result = complete(model, data, mask, { backend, truth: data, responsibilities: true });
  if (flags.out !== undefined) await writeFileAtomic(flags.out, writeNpy(result.completed));
  const summary = {
    n: data.rows,
    d: data.cols,
    observed: mask.reduce((sum, seen) => sum + seen, 0),
    backend: backend.name,
    components: model.components,
    logEvidencePerRow: mean(result.logEvidence),
    jointLogProbabilityPerRow: mean(result.jointLogProbability!),
    marginalLogProbabilityPerRow: mean(result.marginalLogProbability!),
    effectiveComponentsPerRow: mean(effectiveComponents(result.responsibilities!)),
  };
  process.stdout.write(flags.json ? `${JSON.stringify(summary)}\n` : forPeople(summary));
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

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
