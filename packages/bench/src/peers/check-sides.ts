import type { Precision } from '@mixtention/core';
import { table } from '../speed/table.ts';
import type { Case } from './cases.ts';
import type { Problem, Side } from './side.ts';

/** How far log-likelihoods may lie apart, relative: sums of 200,000 rounded terms, in the order of each side's own. */
const WITHIN: Readonly<Record<Precision, number>> = { float32: 1e-5, float64: 1e-10 };

export type Check<One extends Problem = Case> = {
  readonly side: Side<One>;
  /** Nats a row after one iteration, or why there are none. */
  readonly value: number | string;
  /** From ours in float64, relative. */
  readonly difference: number;
  readonly agrees: boolean;
};

/** One iteration of every side from the common start, held against ours in float64. */
export async function checkSides<One extends Problem>(sides: readonly Side<One>[], one: One): Promise<Check<One>[]> {
  const values: (number | string)[] = [];
  for (const side of sides) values.push(await side.check(one).catch((error: Error) => error.message));
  const due =
    values[sides.findIndex(({ name, precision }) => name.startsWith('mixtention') && precision === 'float64')];
  return sides.map((side, i) => {
    const value = values[i]!;
    const difference = Math.abs(Number(value) / Number(due) - 1);
    return { side, value, difference, agrees: difference <= (one.within ?? WITHIN[side.precision]) };
  });
}

export function checkTable<One extends Problem>(
  checks: readonly Check<One>[],
  what = 'nats a row after one iteration',
): string {
  return table([
    ['side', 'precision', what, 'off by, relative', ''],
    ...checks.map(({ side, value, difference, agrees }) => [
      side.name,
      side.precision,
      typeof value === 'number' ? value.toFixed(side.precision === 'float64' ? 10 : 6) : value,
      typeof value === 'number' ? difference.toExponential(1) : '',
      agrees ? 'agrees' : 'LEFT OUT',
    ]),
  ]);
}
