import { checkOptions, fail, lookUp, show } from '@mixtention/core/base';
import { checkCount, checkNumber } from '@mixtention/mixture/fit';
import type { Move } from '../moves/carry-out.ts';

/** In which order rows are looked at, and when the parameters follow. */
export type Schedule = 'batch' | 'stepwise' | 'memoized' | Stepwise | Memoized;

/** Online EM, or the stochastic natural-gradient step: rate `(t + delay)^(−forgetting)` for minibatch t. */
export type Stepwise = {
  readonly name: 'stepwise';
  /** κ in (0, 1] (default 0.15): from ½ down the last minibatches keep moving the parameters, and what an epoch shows is the mean of all of its. */
  readonly forgetting?: number;
  /** τ ≥ 0 (default 1). */
  readonly delay?: number;
  /** Rows of a minibatch (default: 40 a component, but no less than a 96th of the rows). */
  readonly minibatch?: number;
};

/** Exact, with the statistics of every batch of rows kept. */
export type Memoized = {
  readonly name: 'memoized';
  /** Rows of a batch (default: 20 a component, but no less than a quarter of the rows). */
  readonly minibatch?: number;
};

/** What a fit by EM or variational Bayes takes beyond `FitOptions`. */
export type ScheduleOptions = {
  /** `batch` (default), `stepwise` or `memoized`, by name or with numbers of its own. */
  readonly schedule?: Schedule;
  /**
   * `none` (default); `all`, or some of them, which change the number of components from the one that is asked for; `split-merge`, which merges two and splits a third at once, and
   * leaves it as it is.
   */
  readonly moves?: 'none' | 'all' | 'split-merge' | readonly Move[];
};

/** A schedule with every default filled in; the size of minibatches waits for the data. */
export type SettledSchedule =
  | { readonly name: 'batch' }
  | { readonly name: 'memoized'; readonly minibatch: number | undefined }
  | {
      readonly name: 'stepwise';
      readonly minibatch: number | undefined;
      readonly forgetting: number;
      readonly delay: number;
    };

/** What schedules do unless their options say otherwise. */
export const scheduleDefaults: {
  readonly forgetting: number;
  readonly delay: number;
  /** Minibatches of an epoch at most, unless their rows are said. */
  readonly minibatches: number;
  /** Rows of a minibatch for each component at least, likewise. */
  readonly rowsEach: number;
  readonly maxIterations: number;
  readonly tolerance: number;
} = { forgetting: 0.15, delay: 1, minibatches: 96, rowsEach: 40, maxIterations: 100, tolerance: 1e-4 };

/** Refuses what is no schedule, and fills in the defaults. */
export function settleSchedule(where: string, schedule: Schedule = 'batch'): SettledSchedule {
  const given = typeof schedule === 'string' ? { name: schedule } : schedule;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    fail(where, 'BAD_OPTION', `schedule is ${show(schedule)}; "batch", "stepwise", "memoized", or { name: … } was due`);
  const names = { batch: 'batch', stepwise: 'stepwise', memoized: 'memoized' } as const;
  const name = lookUp(where, 'schedule', given.name, names);
  const own = { batch: [], memoized: ['minibatch'], stepwise: ['minibatch', 'forgetting', 'delay'] } as const;
  checkOptions(where, given, ['name', ...own[name]]);
  if (name === 'batch') return { name };
  const { minibatch, forgetting = scheduleDefaults.forgetting, delay = scheduleDefaults.delay } = given as Stepwise;
  checkCount(where, 'schedule.minibatch', minibatch, 1);
  if (name === 'memoized') return { name, minibatch };
  checkNumber(where, 'schedule.delay', delay, 0);
  if (!(typeof forgetting === 'number' && forgetting > 0 && forgetting <= 1))
    fail(where, 'BAD_OPTION', `schedule.forgetting is ${show(forgetting)}, a number above 0 and up to 1 was due`);
  return { name, minibatch, forgetting, delay };
}

const MOVES: readonly Move[] = ['birth', 'merge', 'delete', 'split'];

/** Refuses what are no moves, and those that the schedule cannot carry. */
export function settleMoves(
  where: string,
  moves: ScheduleOptions['moves'] = 'none',
  { name }: SettledSchedule,
): readonly (Move | 'split-merge')[] {
  const due = `"none", "all", "split-merge", or a list of ${MOVES.map((move) => `"${move}"`).join(', ')} was due`;
  const all = moves === 'none' ? [] : moves === 'all' ? MOVES : moves === 'split-merge' ? [moves] : moves;
  if (!Array.isArray(all)) return fail(where, 'BAD_OPTION', `moves is ${show(moves)}; ${due}`);
  if (Array.isArray(moves))
    for (const move of moves) if (!MOVES.includes(move)) fail(where, 'BAD_OPTION', `moves has ${show(move)}; ${due}`);
  if (all.length > 0 && name === 'stepwise')
    fail(
      where,
      'BAD_OPTION',
      'moves go with the schedules "batch" and "memoized", the schedule is "stepwise", whose objective is an estimate',
    );
  return all;
}
