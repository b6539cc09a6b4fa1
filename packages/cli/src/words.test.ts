import { expect, test } from 'vitest';
import { inWords } from './words.ts';

test.each([
  ['[em] fit: 3 components were asked of 2 rows', '3 components were asked of 2 rows'],
  ['[attention] attend, head 0: row 0 is NaN', 'head 0: row 0 is NaN'],
  ['raise maxIterations or loosen the tolerance', 'raise --max-iterations or loosen the tolerance'],
  ['raise maxIterations or the budget, or loosen it', 'raise --max-iterations, or loosen it'],
  ['learningRate is 0', '--learning-rate is 0'],
  ['its options.maxIterations is 5, here it is 6', 'its --max-iterations is 5, here it is 6'],
  ['say so with the option decimal ","', 'say so with --decimal ","'],
  ['the options exclude and id take a column of texts out', '--exclude and --id take a column of texts out'],
  [
    'column 0 (counted from 0) is constant: leave it out; x',
    'column 0 (counted from 0) is constant: leave it out with --exclude; x',
  ],
  [
    'an identifier: leave it out, or read it as the id',
    'an identifier: leave it out with --exclude, or keep it as --id',
  ],
  ['run on the plain backend, or loosen the tolerance', 'run with --backend plain, or loosen the tolerance'],
  ['use a prior, or run on the plain float64 backend', 'use a prior, or run with --backend plain'],
])('%s', (message, due) => {
  expect(inWords(message)).toBe(due);
});
