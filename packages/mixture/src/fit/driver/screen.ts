import type { Dataset, Key, RunFrom } from '@mixtention/core';
import { dataset, drawRows, identityTransform } from '@mixtention/core/data';
import { generator, split } from '@mixtention/core/numeric';
import { isOver, type Outcome } from './outcome.ts';
import { orderOf, runStart } from './run-start.ts';
import { sideBySide } from './side-by-side.ts';
import type { Posed, StartsSetting } from './subject.ts';

/** Updates of a short run of every start, and of a second one of the best third, between whom the first says little. */
const FIRST_RUN = 20;
const SECOND_RUN = 60;
/** Of the two. */
export const LONGEST_SHORT_RUN: number = Math.max(FIRST_RUN, SECOND_RUN);
const THIRD = 1 / 3;
/** Rows that short runs look at, or a hundred a component if that is more. */
const MOST_ROWS = 10_000;
const LEAST_ROWS_EACH = 100;

/** A start, perhaps one that a short run has brought on its way. */
export type Begun = { readonly start: number; begin(): RunFrom };

/** What short runs came to: the starts as they left them, the best first. */
export type Screened = {
  readonly begun: readonly Begun[];
  readonly rows: number;
  readonly passes: number;
  /** Whether every short run came to its end: else there was no time, and the choice is a makeshift. */
  readonly isWhole: boolean;
};

/**
 * Short runs of many starts, on all rows where they are few, else on a random part of them.
 *
 * Cost: 20 passes a start, and 60 more for a third of the starts, over at most 10,000 rows (or 100 a component).
 * Source: successive halving, Jamieson & Talwalkar (2016), AISTATS 51, in two rounds.
 */
export async function screen(posed: Posed<unknown>, all: Dataset, setting: StartsSetting): Promise<Screened> {
  const { options, root, executor, pace } = setting;
  const { screen: starts, components } = options;
  const data = someRows(all, components, split(root, 'screen'));
  const width = executor.starts?.atOnce(data) ?? 1;
  const alone = width > 1 ? executor.starts : undefined;
  const algorithm = data === all ? posed.algorithm : (posed.algorithmOver?.(data) ?? posed.algorithm);
  const shared = { algorithm, data, phase: 'screen', restarts: starts, isNeeded: false, alone } as const;
  const keyOf = (start: number): Key => split(root, 'fit', start);
  let passes = 0;
  let isWhole = true;
  const runShort = async (
    start: number,
    round: { readonly name: string; begin(): RunFrom },
    most: number,
  ): Promise<Outcome | null> => {
    const maxIterations = Math.min(most, options.maxIterations);
    const outcome = await runStart(posed, { ...shared, ...round, restart: start, maxIterations }, setting);
    passes += outcome === null ? 0 : outcome.iterations + 1;
    const known = setting.ledger.find(round.name);
    isWhole &&= known !== undefined && isOver(known.step, maxIterations);
    return outcome;
  };
  const first = await sideBySide(
    Array.from({ length: starts }, (_, start) => start),
    { width, pace },
    (start) => runShort(start, { name: `screen ${start}`, begin: () => posed.begin(keyOf(start)) }, FIRST_RUN),
  );
  const tried = first.flatMap((outcome, start) => (outcome === null ? [] : [{ start, outcome }]));
  const order = (): number[] =>
    orderOf(
      posed,
      tried.map(({ outcome }) => outcome),
    );
  await sideBySide(order().slice(0, Math.ceil(THIRD * starts)), { width, pace }, async (i) => {
    const { start, outcome } = tried[i]!;
    if (outcome.status !== 'stopped') return;
    const round = { name: `screen ${start} again`, begin: () => ({ state: outcome.step.state }) };
    tried[i] = { start, outcome: (await runShort(start, round, SECOND_RUN)) ?? outcome };
  });
  const begun = order().map((i) => {
    const { start, outcome } = tried[i]!;
    const { state } = outcome.step;
    return { start, begin: (): RunFrom => ({ state: posed.carry?.(state, keyOf(start)) ?? state }) };
  });
  // Without any time there is one start all the same.
  if (begun.length === 0) begun.push({ start: 0, begin: () => posed.begin(keyOf(0)) });
  return { begun, rows: data.rows, passes, isWhole };
}

/** The data themselves, or a part of them in the same space; they are drawn in the user's units, as data sets hold them. */
function someRows(data: Dataset, components: number, key: Key): Dataset {
  const limit = Math.max(MOST_ROWS, LEAST_ROWS_EACH * components);
  if (data.rows <= limit) return data;
  const sample = drawRows({ ...data, transform: identityTransform(data.width) }, limit, generator(key));
  return { ...dataset(sample, sample.weights ? { weights: sample.weights } : {}), transform: data.transform };
}
