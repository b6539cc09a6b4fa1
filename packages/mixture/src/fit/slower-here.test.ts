import { inline } from '@mixtention/core';
import { expect, test } from 'vitest';
import { slowerHere } from './slower-here.ts';

const executor = inline();

test('a long fit in one thread of plain tells what native, wasm and two threads would have taken, and by which rates', () => {
  const large = slowerHere({ rows: 60_000, components: 64, width: 64 }, 30, executor)!;
  expect(large).toContain('this fit took 30 s in one thread of the plain backend');
  expect(large).toContain('openExecutor({ problem: { rows: 60000, components: 64, width: 64 } })');
  expect(large).toContain('about 1.0 s were due on native, 3.3 s on wasm and 18 s on two threads of plain');
  expect(large).toContain('native is 1.2 to 30 times as fast as plain from 0.8 to 245 million multiply-adds a pass');
  // 30^½·1.2^½ and 9^½·1.4^½ in the middle, by logarithms, of 0.8 and 245 million.
  const middle = slowerHere({ rows: 1000, components: 10, width: 1400 }, 30, executor)!;
  expect(middle).toContain('about 5.0 s were due on native, 8.5 s on wasm');
});

test('a fit that would gain less than a second says nothing, nor does one on another backend or on threads', () => {
  const problem = { rows: 60_000, components: 64, width: 64 };
  expect(slowerHere(problem, 0.9, executor)).toBeNull();
  expect(slowerHere(problem, 30, { ...executor, backend: 'wasm' })).toBeNull();
  expect(slowerHere(problem, 30, { ...executor, workers: 2 })).toBeNull();
});
