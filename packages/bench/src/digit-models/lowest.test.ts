import { expect, test } from 'vitest';
import { lowest } from './lowest.ts';

const grid = { a: [0, 1, 2, 3, 4, 5], b: [0, 0.5, 1, 1.5] };

test('the lowest point of a slanting valley is found, no point being measured twice', async () => {
  const seen: string[] = [];
  const found = await lowest(grid, { a: 0, b: 0 }, async ({ a, b }) => {
    seen.push(`${a} ${b}`);
    return (a - 4) ** 2 + (b - 1) ** 2 + 0.3 * (a - 4) * (b - 1);
  });
  expect(found).toEqual({ point: { a: 4, b: 1 }, loss: 0 });
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeLessThan(24);
});

test('at an edge of the grid it ends', async () => {
  const { point } = await lowest(grid, { a: 3, b: 1 }, async ({ a, b }) => -a - b);
  expect(point).toEqual({ a: 5, b: 1.5 });
});
