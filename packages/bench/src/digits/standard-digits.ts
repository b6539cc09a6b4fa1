import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readMatrix } from '@mixtention/core/files';
import type { Digits } from './digits.ts';

/** Names of the standard static binarised MNIST files (Larochelle & Murray 2011), plain or gzipped, in the folder or in `binarized-mnist` below it. */
const FILES = { train: 'binarized_mnist_train.amat', test: 'binarized_mnist_test.amat' };

/** The standard split, 50,000 training and 10,000 test rows, where a folder holds its files; else null. */
export async function standardDigits(folder: string | undefined): Promise<Digits | null> {
  if (folder === undefined || folder === '') return null;
  const train = find(folder, FILES.train);
  const test = find(folder, FILES.test);
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
