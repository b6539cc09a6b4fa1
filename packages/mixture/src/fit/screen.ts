import type { Dataset, Key, Mixture, Tree } from '@mixtention/core';
import { dataset, identityTransform } from '@mixtention/core/data';
import { generator, split } from '@mixtention/core/numeric';
import { drawRows } from '../starts/sample-rows.ts';
import type { Problem } from './problem.ts';
import { byQuality, firstState, type Outcome, type RunSetting, runStart } from './run-start.ts';

/** Updates of a short run of every start, and of a second one of the best third, between whom the first says little. */
const FIRST_RUN = 20;
const SECOND_RUN = 60;
const THIRD = 1 / 3;
/** Rows that short runs look at, or a hundred a component if that is more. */
const MOST_ROWS = 10_000;
const LEAST_ROWS_EACH = 100;

/** A start, perhaps one that a short run has brought on its way. */
export type Begun = { readonly start: number; begin(): Tree };

/**
 * Short runs of many starts, on all rows where they are few, else on a random part of them.
 *
 * @param starts  how many short runs
 * @returns the starts as their short runs left them, the best first
 *
 * Cost: 20 passes a start, and 60 more for a third of the starts, over at most 10,000 rows (or 100 a component).
 * Source: successive halving, Jamieson & Talwalkar (2016), AISTATS 51, in two rounds.
 */
export async function screen(
  problem: Problem,
  setting: Omit<RunSetting, 'restart' | 'restarts'>,
  { starts, root }: { readonly starts: number; readonly root: Key },
): Promise<{ readonly begun: readonly Begun[]; readonly rows: number; readonly passes: number }> {
  const data = someRows(problem, split(root, 'screen'));
  const deadline = performance.now() + setting.budgetMs;
  const isOver = (): boolean => performance.now() >= deadline;
  const outcomes: Outcome[] = [];
  let passes = 0;
  const runShort = async (start: number, begin: () => Tree, most: number): Promise<void> => {
    const own = {
      data,
      phase: 'screen',
      restart: start,
      restarts: starts,
      budgetMs: deadline - performance.now(),
    } as const;
    const maxIterations = Math.min(most, setting.maxIterations);
    outcomes[start] = await runStart(begin, { ...setting, ...own, maxIterations });
    passes += outcomes[start].iterations + 1;
  };
  for (let start = 0; start < starts && !(start > 0 && isOver()); start++)
    await runShort(start, () => firstState(problem, split(root, 'fit', start)), FIRST_RUN);
  for (const start of byQuality(outcomes).slice(0, Math.ceil(THIRD * starts))) {
    const { status, step } = outcomes[start]!;
    if (status === 'stopped' && !isOver()) await runShort(start, () => step.state, SECOND_RUN);
  }
  const { mixtureOf, stateOf } = problem.plan;
  const begun = byQuality(outcomes).map((start) => ({
    start,
    begin(): Tree {
      const { state } = outcomes[start]!.step;
      // What an algorithm remembers of the short run, as moments of gradients, belongs to its rows.
      if (stateOf === undefined) return state;
      const mixture = mixtureOf === undefined ? (state as unknown as Mixture) : mixtureOf(state);
      return stateOf(mixture, split(root, 'fit', start));
    },
  }));
  return { begun, rows: data.rows, passes };
}

/** The data themselves, or a part of them in the same space; they are drawn in the user's units, as data sets hold them. */
function someRows({ data, config }: Problem, key: Key): Dataset {
  const limit = Math.max(MOST_ROWS, LEAST_ROWS_EACH * config.components);
  if (data.rows <= limit) return data;
  const sample = drawRows({ ...data, transform: identityTransform(data.width) }, limit, generator(key));
  return { ...dataset(sample, sample.weights ? { weights: sample.weights } : {}), transform: data.transform };
}
