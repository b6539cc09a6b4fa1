import { join, relative } from 'node:path';
import { duration } from '@mixtention/core/page';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { jobOptions } from './job-options.ts';
import { createReporter } from './reporter.ts';
import { runJob } from './run-job.ts';
import { tables } from './tables.ts';
import { writeReport } from './write-report.ts';

/** `npm start` after its set-up: runs the job, prints its tables, writes `report/index.html`, `report/digit.html` and `report/results.json`. */
await runCommand(async (signal) => {
  const found = await runJob(createReporter(), signal, jobOptions(process.argv.slice(2)));
  const { results } = found;
  const paths = await writeReport(found, join(repository, 'report'));
  const from = (path: string): string => relative(repository, path);
  console.log(`\n${tables(results)}`);
  console.log(
    `${from(paths.page)}, ${from(paths.digit)} and ${from(paths.results)} written; ${duration(results.seconds)} in all`,
  );
});
