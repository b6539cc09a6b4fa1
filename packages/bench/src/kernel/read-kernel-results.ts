import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../repository.ts';
import type { KernelResults } from './kernel-results.ts';

/** Where `npm run bench:kernel` keeps what it found. */
export const kernelResultsFile: string = join(repository, 'packages/bench/results/kernel.json');

/** What it found when it last ran, or null. */
export async function readKernelResults(path: string = kernelResultsFile): Promise<KernelResults | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KernelResults;
  } catch {
    return null;
  }
}
