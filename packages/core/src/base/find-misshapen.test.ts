import { expect, test } from 'vitest';
import type { Tree } from '../contracts/index.ts';
import { findMisshapen } from './find-misshapen.ts';

const one = { kind: 'x', n: 1, list: [1, 2], array: new Float64Array(2) };
const two = { ...one, array: new Float64Array(4) };

test.each<readonly [string, unknown, string | null]>([
  ['the shape itself', { ...one, array: new Float64Array(6) }, null],
  ['another number', { ...one, n: 2, array: new Float64Array(6) }, null],
  ['a number that is not finite', { ...one, n: Number.NaN }, 'it.n is NaN, a finite number was due'],
  ['another text', { ...one, kind: 'y' }, 'it.kind is "y", "x" was due'],
  ['a short list', { ...one, list: [1] }, 'it.list.1 is undefined, a finite number was due'],
  ['a long list', { ...one, list: [1, 2, 3] }, 'it.list holds "2", which this family does not have'],
  ['an object for a list', { ...one, list: { 0: 1, 1: 2 } }, 'it.list is an object, a list was due'],
  ['a list for an object', [], 'it is a list, an object was due'],
  ['too few numbers', one, 'it.array has 2 numbers, 6 were due'],
  ['numbers of another kind', { ...one, array: new Float32Array(6) }, 'a Float64Array of 6 numbers was due'],
  [
    'an infinite cell',
    { ...one, array: new Float64Array(6).fill(1 / 0) },
    'it.array holds a number that is not finite',
  ],
])('trees are compared with a shape: %s', (_, given, wrong) => {
  const found = findMisshapen(given, { one, two, components: 3, numbers: 'any' }, 'it');
  expect(found === null || wrong === null ? found : found.includes(wrong)).toBe(wrong === null ? null : true);
});

test('numbers may have to be the same', () => {
  const shape = { one: 1 as Tree, two: 1, components: 1, numbers: 'same' } as const;
  expect(findMisshapen(2, shape, 'width')).toBe('width is 2, 1 was due');
});
