import { expect, test } from 'vitest';
import { apart } from './same-partition.ts';

test('partitions are compared whatever their groups are called', () => {
  expect(apart([0, 0, 1, 1], [5, 5, 3, 3])).toBe(0);
  expect(apart([0, 0, 1, 1], [5, 5, 5, 3])).toBe(0.25);
  expect(apart([0, 0, 1, 1], [0, 0, 0, 0])).toBe(0.5);
  expect(apart([0, 0, 0, 0], [0, 0, 1, 1])).toBe(0.5);
});
