import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@mixtention/files';
import { page } from '../page/page.ts';
import type { Results } from './results.ts';

/** Writes `index.html` and `results.json`, each whole or not at all; returns their paths. */
export async function writeReport(results: Results, folder: string): Promise<{ page: string; results: string }> {
  const paths = { page: join(folder, 'index.html'), results: join(folder, 'results.json') };
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(paths.results, `${JSON.stringify(results)}\n`);
  await writeFileAtomic(paths.page, page(results));
  return paths;
}
