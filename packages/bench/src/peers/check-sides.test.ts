import type { Precision } from '@mixtention/core';
import { expect, test } from 'vitest';
import { CASES, type Case } from './cases.ts';
import { checkSides, checkTable } from './check-sides.ts';
import type { Side } from './side.ts';

const one: Case = CASES[1]!;

function side(name: string, precision: Precision, value: number | Error): Side {
  return {
    name,
    precision,
    solves: () => true,
    check: async () => {
      if (value instanceof Error) throw value;
      return value;
    },
    iterate: async () => 1,
  };
}

test('a side that computes something else in its precision, or nothing, is left out by name', async () => {
  const checks = await checkSides(
    [
      side('mixtention, native', 'float32', -60.0001),
      side('mixtention, plain', 'float64', -60),
      side('another', 'float32', -60.001),
      side('another', 'float64', -60.0001),
      side('broken', 'float64', new Error('no compiler')),
      side('without a number', 'float64', Number.NaN),
    ],
    one,
  );
  expect(checks.map(({ agrees }) => agrees)).toEqual([true, true, false, false, false, false]);
  expect(checks[2]!.difference).toBeCloseTo(1.67e-5, 7);
  const lines = checkTable(checks).split('\n');
  expect(lines[6]).toMatch(/^broken +float64 +no compiler +LEFT OUT$/);
});
