import type { Dataset, Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import { type Outcome, troubleOf } from './outcome.ts';
import { runStart } from './run-start.ts';
import { type Begun, screen } from './screen.ts';
import type { Course, Posed, StartsSetting } from './subject.ts';

/** Short runs of many starts where there is something to choose, and the best of them to the end. */
export async function runStarts(
  posed: Posed<unknown>,
  data: Dataset,
  { options, executor, root }: StartsSetting,
): Promise<Pick<Course, 'outcomes' | 'screening'>> {
  const deadline = performance.now() + options.budgetMs;
  // Given values are one start, however often it would be repeated.
  const restarts = posed.isGiven ? 1 : options.restarts;
  // Where all starts are run to the end there is nothing to choose; one component has one start.
  const isChosen = !posed.isGiven && options.screen > restarts && options.components > 1;
  const screened = isChosen ? await screen(posed, data, { options, executor, root, deadline }) : null;
  const begun = screened?.begun ?? allStarts(posed, restarts, root);
  const outcomes: Outcome[] = [];
  for (const { begin } of begun) {
    const restart = outcomes.length;
    const budgetMs = deadline - performance.now();
    if (restart > 0 && (budgetMs <= 0 || outcomes.filter(isHealthy).length >= restarts)) break;
    const place = { phase: 'fit', restart, restarts: Math.max(restarts, restart + 1) } as const;
    outcomes.push(await runStart({ ...posed, state: begin() }, { ...options, ...place, data, executor, budgetMs }));
    if (screened !== null && restart + 1 >= restarts && !posed.isHopeful) break;
  }
  if (screened === null) return { outcomes, screening: null };
  const kept = begun.slice(0, outcomes.length).map(({ start }) => start);
  return { outcomes, screening: { starts: begun.length, rows: screened.rows, passes: screened.passes, kept } };
}

function allStarts({ init }: Posed<unknown>, starts: number, root: Key): Begun[] {
  return Array.from({ length: starts }, (_, start) => ({ start, begin: () => init(split(root, 'fit', start)) }));
}

function isHealthy(outcome: Outcome): boolean {
  return troubleOf(outcome) === 0;
}
