import { matrix } from '@mixtention/core';
import { readMatrix, writeFileAtomic } from '@mixtention/core/files';
import { loadBackend, openExecutor } from '@mixtention/core/node';
import { Command } from 'commander';
import { readModel } from '../model-file.ts';
import { backendOption, jsonOption } from '../options.ts';

type Flags = { backend: 'auto' | 'native' | 'wasm' | 'plain'; json?: boolean; out?: string };

/** `mixtention predict MODEL DATA`: the best component and the log density of every row. */
export function predictCommand(): Command {
  return new Command('predict')
    .description('Assign rows to the components of a fitted model.')
    .argument('<model>', 'file that fit --out wrote')
    .argument('<data>', 'file with one row per data point')
    .addOption(backendOption())
    .option('--out <file>', 'write label and log density of every row as CSV')
    .addOption(jsonOption())
    .action(runPredict);
}

async function runPredict(modelPath: string, dataPath: string, flags: Flags): Promise<void> {
  const model = await readModel(modelPath);
  const data = matrix(await readMatrix(dataPath), 'cli/predict');
  const problem = { rows: data.rows, components: model.components, width: data.cols };
  const executor = await openExecutor({ backend: flags.backend, workers: 0, problem });
  const backend = await loadBackend(executor.backend);
  const labels = Array.from(model.predict(data, { backend }));
  const logDensity = Array.from(model.logDensity(data, { backend }));
  if (flags.out !== undefined) {
    await writeFileAtomic(
      flags.out,
      `label,logDensity\n${labels.map((label, n) => `${label},${logDensity[n]}`).join('\n')}\n`,
    );
  }
  const counts = new Array<number>(model.components).fill(0);
  for (const label of labels) counts[label]!++;
  const logLikelihood = logDensity.reduce((sum, l) => sum + l, 0);
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ n: data.rows, d: data.cols, backend: backend.name, components: model.components, logLikelihood, logLikelihoodPerRow: logLikelihood / data.rows, counts, labels, logDensity })}\n`,
    );
  } else {
    process.stdout.write(`${data.rows} rows, ${(logLikelihood / data.rows).toFixed(4)} nats per row\n`);
    for (const [k, count] of counts.entries()) process.stdout.write(`${String(k).padStart(4)}  ${count} rows\n`);
  }
}
