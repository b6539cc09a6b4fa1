import type { Key, Mixture, StepEvent, StepInfo, Tree } from '@mixtention/core';
import { sampleRows } from '@mixtention/core/data';
import { generator, split } from '@mixtention/core/numeric';
import { type Fit, pointWeights } from '@mixtention/mixture';
import type { Course, FitContext, FitMethod, FitPlan } from '@mixtention/mixture/fit';
import { type MemoizedState, memoized } from '../memoized/memoized.ts';
import { type MovesConfig, type MovesState, movesOf } from '../moves/moves.ts';
import { type StepwiseState, stepwise } from '../stepwise/stepwise.ts';
import { deal } from './batches.ts';
import {
  type ScheduleOptions,
  type SettledSchedule,
  scheduleDefaults,
  settleMoves,
  settleSchedule,
} from './schedule-options.ts';
import type { SummedAlgorithm } from './summed.ts';

/** Batches of a lap, and rows of one for each component, unless its rows are said. Where laps look ahead, more batches save next to nothing and cost an update each. */
const MEMOIZED = { most: 4, each: 20 };

/** A plan whose algorithm any schedule can drive. */
export type SummedPlan<Result> = FitPlan<Result> & { readonly algorithm: SummedAlgorithm };

/** What moves did in a fit; nothing where there were none. */
export type Moved = {
  /**
   * Every proposal of every run in `restarts`: what, which components, the criterion before and after in the user's units, whether it was accepted, and why; `restart` says in which of them (`best` is that of the
   * model), `phase` whether in the short run that it began as (`screen`, perhaps on fewer rows) or on its way to the end (`fit`).
   */
  readonly moves: readonly StepEvent[];
};

type SummedMethod<Result> = Omit<FitMethod<Result>, 'plan'> & {
  readonly plan: (context: FitContext) => SummedPlan<Result>;
};

/**
 * A method whose steps follow the schedule that the options ask for.
 *
 * @throws BAD_OPTION for what is no schedule
 */
export function scheduled<Result>(
  { where, plan, ...method }: SummedMethod<Result>,
  options: ScheduleOptions | undefined,
): FitMethod<Result & Moved> {
  const schedule = settleSchedule(where, options?.schedule);
  const moves = settleMoves(where, options?.moves, schedule);
  const { maxIterations, tolerance } = scheduleDefaults;
  return {
    ...method,
    where,
    ownOptions: [...(method.ownOptions ?? []), 'schedule', 'moves'],
    ...(schedule.name === 'stepwise' && { defaults: { ...method.defaults, maxIterations, tolerance } }),
    // Moves lead out of poor optima: one start is enough.
    ...(moves.length > 0 && { defaults: { ...method.defaults, screen: 0 } }),
    plan: (context) =>
      moves.length > 0
        ? movedBy({ moves, schedule, infers: method.infers }, plan(context), context)
        : withMoves(drivenBy(schedule, plan(context), context), () => []),
  };
}

function drivenBy<Result>(
  schedule: SettledSchedule,
  plan: SummedPlan<Result>,
  { data, config: { components }, options: { tolerance } }: FitContext,
): FitPlan<Result> {
  const { algorithm } = plan;
  if (schedule.name === 'batch') return plan;
  const { minibatch } = schedule;
  const usual =
    schedule.name === 'memoized' ? MEMOIZED : { most: scheduleDefaults.minibatches, each: scheduleDefaults.rowsEach };
  const dealt = deal(data, components, { minibatch, ...usual });
  if (schedule.name === 'memoized') {
    const own = { algorithm, ...dealt };
    return around(plan, memoized(own));
  }
  const { forgetting, delay } = schedule;
  const own = { algorithm, ...dealt, forgetting, delay, tolerance: tolerance * data.totalWeight };
  const driver = stepwise(own);
  return around(plan, driver, { isEstimate: true, innerOf: (state) => driver.innerOf(state as StepwiseState) });
}

type Moving = {
  readonly moves: MovesConfig['moves'];
  readonly schedule: SettledSchedule;
  readonly infers: FitMethod['infers'];
};

/** The plan of an algorithm that proposes moves. */
function movedBy<Result>(
  { moves, schedule, infers }: Moving,
  plan: SummedPlan<Result>,
  { data, config, shift }: FitContext,
): FitPlan<Result & Moved> {
  const { family, components, weights = pointWeights() } = config;
  const isComparable = infers === 'posterior' || (moves.length === 1 && moves[0] === 'split-merge');
  const driver = movesOf({
    algorithm: plan.algorithm,
    dealt: schedule.name === 'memoized' ? deal(data, components, { minibatch: schedule.minibatch, ...MEMOIZED }) : null,
    moves,
    criterion: isComparable ? 'objective' : 'bic',
    family,
    weights,
    width: data.width,
    totalWeight: data.totalWeight,
    shift,
  });
  const withSample = (inner: Tree, key: Key): Tree =>
    driver.around(inner, key, sampleRows(data, { components, random: generator(split(key, 'moves')) }));
  const own = around(
    plan,
    { ...driver, around: withSample },
    { innerOf: (state) => driver.innerOf(state as MovesState), carried: withHistory },
  );
  return withMoves(own, (state) => (state as MovesState).history);
}

/** What was proposed in the short run of a start; it has been shown. */
function withHistory(fresh: Tree, { history }: MovesState): Tree {
  const events = history.map((event) => ({ ...event, phase: 'screen' }));
  return { ...(fresh as MovesState), history: events, shown: events.length };
}

/** The same plan, its result with what moves did. */
function withMoves<Result>(
  { report, ...plan }: FitPlan<Result>,
  movesIn: (state: Tree) => readonly StepEvent[],
): FitPlan<Result & Moved> {
  return {
    ...plan,
    async report(fit, course, ...more) {
      const moves = course.outcomes.flatMap(({ step }, restart) =>
        movesIn(step.state).map((event) => ({ phase: 'fit', ...event, restart })),
      );
      return { ...((await report?.(fit, course, ...more)) ?? (fit as Result)), moves };
    },
  };
}

type Driver = FitPlan['algorithm'] & { around(inner: Tree, key: Key): Tree };

type Around = {
  readonly isEstimate?: boolean;
  readonly innerOf?: (state: Tree) => Tree;
  /** The first state of a long run, with what is to be kept of the last one of its short run. */
  readonly carried?: (fresh: Tree, state: never) => Tree;
};

const ownInner = (state: Tree): Tree => (state as MemoizedState).inner;

/** The plan of an algorithm whose states are around those of another. */
function around<Result>(
  plan: SummedPlan<Result>,
  driver: Driver,
  { isEstimate = false, innerOf = ownInner, carried = (fresh) => fresh }: Around = {},
): FitPlan<Result> {
  const { mixtureOf, modelOf, stateOf, carry, report } = plan;
  return {
    algorithm: driver,
    mixtureOf: (state) => mixtureOf?.(innerOf(state)) ?? (innerOf(state) as unknown as Mixture),
    ...(modelOf && { modelOf: (state) => modelOf(innerOf(state)) }),
    stateOf: (mixture, key) => driver.around(stateOf?.(mixture, key) ?? (mixture as unknown as Tree), key),
    // Statistics of a short run are of other rows.
    carry: (state, key) => carried(driver.around(carry?.(innerOf(state), key) ?? innerOf(state), key), state as never),
    async report(fit, course, ...more) {
      const unwrapped = unwrap(course, innerOf);
      const exact = isEstimate ? await measured(plan.algorithm, fit, unwrapped) : { fit, course: unwrapped };
      return (await report?.(exact.fit, exact.course, ...more)) ?? (exact.fit as Result);
    },
  };
}

/** A course as the algorithm that is driven would have had it. */
function unwrap(course: Course, innerOf: (state: Tree) => Tree): Course {
  const outcomes = course.outcomes.map((outcome) => ({
    ...outcome,
    step: { ...outcome.step, state: innerOf(outcome.step.state) },
  }));
  return { ...course, outcomes };
}

/** Minibatches only bound the objective: one pass over all rows measures that of the result. */
async function measured(
  algorithm: SummedAlgorithm,
  fit: Fit,
  course: Course,
): Promise<{ readonly fit: Fit; readonly course: Course }> {
  const { data, executor, precision, signal, outcomes, best } = course;
  const outcome = outcomes[best]!;
  const { state } = outcome.step;
  const { message } = algorithm.ask(state, { precision: precision.began, cuts: data.cuts });
  const collected = await executor.collect(algorithm, { message }, data, { precision: precision.began, signal });
  const info = algorithm.update(state, collected as never).info as StepInfo | null;
  if (info === null) return { fit, course };
  const objective = fit.objective + info.objective - outcome.step.info.objective;
  const own = { ...outcome, objective, step: { ...outcome.step, info } };
  return { fit: { ...fit, objective, info }, course: { ...course, outcomes: outcomes.with(best, own) } };
}
