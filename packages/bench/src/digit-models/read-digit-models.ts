import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../repository.ts';
import type { DigitModels } from './results.ts';

/** Where `npm run bench:digits` keeps what it found. */
export const digitModelsFile: string = join(repository, 'packages/bench/results/digits.json');

/** What it found when it last ran, or null. */
export async function readDigitModels(path: string = digitModelsFile): Promise<DigitModels | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DigitModels;
  } catch {
    return null;
  }
}
