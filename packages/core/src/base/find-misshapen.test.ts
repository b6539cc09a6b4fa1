import { expect, test } from 'vitest';
import type { TreeShape } from '../contracts/index.ts';
import { findMisshapen } from './find-misshapen.ts';

const shape: TreeShape = { width: 2, means: [3, 2], degrees: 'number', part: { a: [1] } };
const right = { width: 2, means: new Float64Array(6), degrees: 4, part: { a: Float64Array.of(1) } };

test.each<[string | null, unknown]>([
  [null, right],
  ['it is null, an object was due', null],
  ['it is a list, an object was due', []],
  ['it.width is 3, 2 was due', { ...right, width: 3 }],
  ['it.width is "2", 2 was due', { ...right, width: '2' }],
  ['it.degrees is "4", a finite number was due', { ...right, degrees: '4' }],
  ['it.degrees is NaN, a finite number was due', { ...right, degrees: Number.NaN }],
  ['it.means has 5 numbers, 6 were due', { ...right, means: new Float64Array(5) }],
  ['it.means is a list, a Float64Array of 6 numbers was due', { ...right, means: [1, 2, 3, 4, 5, 6] }],
  ['it.means is undefined, an array of 6 numbers was due', { ...right, means: undefined }],
  ['it.means holds a number that is not finite', { ...right, means: Float64Array.of(0, 0, 0, 0, 0, Number.NaN) }],
  ['it.part.a has 2 numbers, 1 was due', { ...right, part: { a: new Float64Array(2) } }],
  ['it.part is an array of 1 number, an object was due', { ...right, part: new Float64Array(1) }],
  ['it holds "more", which this family does not have', { ...right, more: 1 }],
])('%s', (words, given) => {
  expect(findMisshapen(given, shape, 'it')).toBe(words);
});
