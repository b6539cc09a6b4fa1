import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { completionPage } from '@mixtention/attention/page';
import { writeFileAtomic } from '@mixtention/files';
import { page } from '../page/page.ts';
import type { JobFound } from './run-job.ts';

/** Writes `index.html`, `digit.html` that it links to, and `results.json`, each whole or not at all; returns their paths. */
export async function writeReport(
  { results, digit }: JobFound,
  folder: string,
): Promise<{ page: string; digit: string; results: string }> {
  const paths = {
    page: join(folder, 'index.html'),
    digit: join(folder, 'digit.html'),
    results: join(folder, 'results.json'),
  };
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(paths.results, `${JSON.stringify(results)}\n`);
  const script = createRequire(import.meta.url).resolve('@mixtention/attention/live-completion');
  await writeFileAtomic(paths.digit, completionPage(digit, await readFile(script, 'utf8')));
  await writeFileAtomic(paths.page, page(results));
  return paths;
}
