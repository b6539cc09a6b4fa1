import { readMatrix } from '@mixtention/files';
import { findStandardFile } from './find-standard-file.ts';
import type { Digits } from './types.ts';

/** The standard split, 50,000 training and 10,000 test rows, where a folder holds its files; else null. */
export async function standardDigits(folder: string): Promise<Digits | null> {
  const train = findStandardFile(folder, 'train');
  const test = findStandardFile(folder, 'test');
  if (train === null || test === null) return null;
  return {
    name: 'static binarised MNIST, standard split',
    isStandard: true,
    train: await readMatrix(train),
    test: await readMatrix(test),
  };
}
