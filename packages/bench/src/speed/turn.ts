import type { Executor } from '@mixtention/core';
import type { EmProblem } from './em-problem.ts';
import { median } from './median.ts';

/** A turn goes on for so long, as a fit does. Its first part does not count: caches are another contender's, and V8 still compiles. */
export const TURN_SECONDS = 1;
const UNCOUNTED_SECONDS = 0.25;

/** The seconds of the iterations that count, at least one. */
export async function takeTurn(
  problem: EmProblem,
  executor: Executor,
): Promise<{ readonly seconds: readonly number[]; readonly objective: number }> {
  const seconds: number[] = [];
  const begun = performance.now();
  for (;;) {
    const gone = (performance.now() - begun) / 1000;
    const result = await problem.iterate(executor);
    if (gone >= UNCOUNTED_SECONDS) seconds.push(result.seconds);
    if (gone >= TURN_SECONDS) return { seconds, objective: result.objective };
  }
}

/** The median of the ratios of two rows of figures, round by round. */
export function ratioOf(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / under[round]!));
}
