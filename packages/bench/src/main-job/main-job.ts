import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MixtentionError } from '@mixtention/core';
import { writeFileAtomic } from '@mixtention/core/files';
import { duration } from '../page/format.ts';
import { createReporter } from './reporter.ts';
import { runJob } from './run-job.ts';

/** `npm start` after its set-up: runs the job, prints its tables, writes `report/index.html` and `report/results.json`. */
async function main(signal: AbortSignal): Promise<void> {
  const results = await runJob(createReporter(), signal);
  console.log(JSON.stringify(results.targets, null, 1));
  const folder = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'report');
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'results.json'), `${JSON.stringify(results)}\n`);
  console.log(`${relative(process.cwd(), folder)} ${duration(results.seconds)}`);
}

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());
process.once('SIGTERM', () => controller.abort());
try {
  await main(controller.signal);
} catch (error) {
  if (!(error instanceof MixtentionError)) throw error;
  console.error(error.message);
  process.exitCode = error.code === 'ABORTED' ? 130 : 2;
}
