import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readMatrix } from '@mixtention/files';
import { STANDARD_FILES } from './standard-files.ts';
import type { Digits } from './types.ts';

/**
 * The standard split, 50,000 training and 10,000 test rows, where a folder holds its files, plain or gzipped, in itself or in
 * `binarized-mnist` below it; else null.
 */
export async function standardDigits(folder: string): Promise<Digits | null> {
  const train = find(folder, STANDARD_FILES.train.name);
  const test = find(folder, STANDARD_FILES.test.name);
  if (train === null || test === null) return null;
  return {
    name: 'static binarised MNIST, standard split',
    isStandard: true,
    train: await readMatrix(train),
    test: await readMatrix(test),
  };
}

function find(folder: string, name: string): string | null {
  const places = [folder, join(folder, 'binarized-mnist')].flatMap((place) => [
    join(place, name),
    join(place, `${name}.gz`),
  ]);
  return places.find((path) => existsSync(path)) ?? null;
}
