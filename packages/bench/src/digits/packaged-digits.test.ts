import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packagedDigits } from './packaged-digits.ts';

const digits = await packagedDigits();

test('the packaged digits are 10,000 binary images, 8,000 of them to learn from', () => {
  expect(digits.isStandard).toBe(false);
  expect([digits.train.rows, digits.test.rows, digits.train.cols, digits.test.cols]).toEqual([8000, 2000, 784, 784]);
  for (const { data, rows, cols } of [digits.train, digits.test]) {
    expect(data.length).toBe(rows * cols);
    expect(data.every((v) => v === 0 || v === 1)).toBe(true);
  }
});

test('shuffle and binarisation are fixed for good', () => {
  const hash = createHash('sha256');
  for (const { data } of [digits.train, digits.test]) hash.update(Uint8Array.from(data));
  expect(hash.digest('hex')).toBe('df0d6943795a604028a7fe4414e9539673742efbe16d6eeb809c6f17e1d4d2d5');
});

test('as much is white as the grey images say', async () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist/package.json')), 'src', 'digits');
  let due = 0;
  let variance = 0;
  for (let label = 0; label < 10; label++) {
    const { data } = JSON.parse(await readFile(join(folder, `${label}.json`), 'utf8')) as { data: number[] };
    for (const grey of data) {
      due += grey;
      variance += grey * (1 - grey);
    }
  }
  let found = 0;
  for (const { data } of [digits.train, digits.test]) for (const pixel of data) found += pixel;
  expect(Math.abs(found - due)).toBeLessThan(5 * Math.sqrt(variance));
});
