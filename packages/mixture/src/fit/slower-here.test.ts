import { inline } from '@mixtention/core';
import { expect, test } from 'vitest';
import { slowerHere } from './slower-here.ts';

const executor = inline();
const problem = { rows: 60_000, components: 64, width: 64 };

test('a long fit in one thread tells what two would have taken, and by which rate', () => {
  const large = slowerHere(problem, 30, executor)!;
  expect(large).toContain('this fit took 30 s in one thread');
  expect(large).toContain('openExecutor({ problem: { rows: 60000, components: 64, width: 64 } })');
  expect(large).toContain('about 16 s were due on two (measured: two threads are 1.85 times as fast as one)');
});

test('a fit that would gain less than a second says nothing, nor does one on threads', () => {
  expect(slowerHere(problem, 2, executor)).toBeNull();
  expect(slowerHere(problem, 30, { ...executor, workers: 2 })).toBeNull();
});
