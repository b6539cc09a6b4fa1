import type { Dataset, Key, Tree } from '@mixtention/core';
import { dataset, identityTransform } from '@mixtention/core/data';
import { generator, split } from '@mixtention/core/numeric';
import { drawRows } from '../../starts/sample-rows.ts';
import type { Outcome } from './outcome.ts';
import { orderOf, runStart } from './run-start.ts';
import type { Posed, StartsSetting } from './subject.ts';

/** Updates of a short run of every start, and of a second one of the best third, between whom the first says little. */
const FIRST_RUN = 20;
const SECOND_RUN = 60;
const THIRD = 1 / 3;
/** Rows that short runs look at, or a hundred a component if that is more. */
const MOST_ROWS = 10_000;
const LEAST_ROWS_EACH = 100;

/** A start, perhaps one that a short run has brought on its way. */
export type Begun = { readonly start: number; begin(): Tree };

/** What short runs came to: the starts as they left them, the best first. */
export type Screened = { readonly begun: readonly Begun[]; readonly rows: number; readonly passes: number };

/**
 * Short runs of many starts, on all rows where they are few, else on a random part of them.
 *
 * @param deadline  when the budget of the fit ends
 *
 * Cost: 20 passes a start, and 60 more for a third of the starts, over at most 10,000 rows (or 100 a component).
 * Source: successive halving, Jamieson & Talwalkar (2016), AISTATS 51, in two rounds.
 */
export async function screen(
  posed: Posed<unknown>,
  all: Dataset,
  { options, executor, root, deadline }: StartsSetting & { readonly deadline: number },
): Promise<Screened> {
  const { screen: starts, components } = options;
  const data = someRows(all, components, split(root, 'screen'));
  const isOver = (): boolean => performance.now() >= deadline;
  const outcomes: Outcome[] = [];
  let passes = 0;
  const runShort = async (start: number, begin: () => Tree, most: number): Promise<void> => {
    const place = { phase: 'screen', restart: start, restarts: starts, data, executor, finish: false } as const;
    const limits = {
      budgetMs: deadline - performance.now(),
      maxIterations: Math.min(most, options.maxIterations),
    };
    outcomes[start] = await runStart({ ...posed, state: begin() }, { ...options, ...place, ...limits });
    passes += outcomes[start].iterations + 1;
  };
  for (let start = 0; start < starts && !(start > 0 && isOver()); start++)
    await runShort(start, () => posed.init(split(root, 'fit', start)), FIRST_RUN);
  for (const start of orderOf(posed, outcomes).slice(0, Math.ceil(THIRD * starts))) {
    const { status, step } = outcomes[start]!;
    if (status === 'stopped' && !isOver()) await runShort(start, () => step.state, SECOND_RUN);
  }
  const begun = orderOf(posed, outcomes).map((start) => ({
    start,
    begin(): Tree {
      const { state } = outcomes[start]!.step;
      return posed.carry?.(state, split(root, 'fit', start)) ?? state;
    },
  }));
  return { begun, rows: data.rows, passes };
}

/** The data themselves, or a part of them in the same space; they are drawn in the user's units, as data sets hold them. */
function someRows(data: Dataset, components: number, key: Key): Dataset {
  const limit = Math.max(MOST_ROWS, LEAST_ROWS_EACH * components);
  if (data.rows <= limit) return data;
  const sample = drawRows({ ...data, transform: identityTransform(data.width) }, limit, generator(key));
  return { ...dataset(sample, sample.weights ? { weights: sample.weights } : {}), transform: data.transform };
}
