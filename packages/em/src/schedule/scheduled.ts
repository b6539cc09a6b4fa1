import type { Key, Mixture, StepInfo, Tree } from '@mixtention/core';
import type { Fit } from '@mixtention/mixture';
import type { Course, FitContext, FitMethod, FitPlan } from '@mixtention/mixture/fit';
import { type MemoizedState, memoized } from '../memoized/memoized.ts';
import { type StepwiseState, stepwise } from '../stepwise/stepwise.ts';
import { deal } from './batches.ts';
import { type ScheduleOptions, type SettledSchedule, scheduleDefaults, settleSchedule } from './schedule-options.ts';
import type { SummedAlgorithm } from './summed.ts';

/** Minibatches of a pass, unless their rows are said. */
const MOST_MEMOIZED = 24;
const MOST_STEPWISE = 100;

/** A plan whose algorithm any schedule can drive. */
export type SummedPlan<Result> = FitPlan<Result> & { readonly algorithm: SummedAlgorithm };

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
): FitMethod<Result> {
  const schedule = settleSchedule(where, options?.schedule);
  const { maxIterations, tolerance } = scheduleDefaults;
  return {
    ...method,
    where,
    ownOptions: [...(method.ownOptions ?? []), 'schedule'],
    ...(schedule.name === 'stepwise' && { defaults: { ...method.defaults, maxIterations, tolerance } }),
    plan: (context) => drivenBy(schedule, plan(context), context),
  };
}

function drivenBy<Result>(
  schedule: SettledSchedule,
  plan: SummedPlan<Result>,
  { data, config: { components }, options: { tolerance } }: FitContext,
): FitPlan<Result> {
  const { algorithm } = plan;
  if (schedule.name === 'batch') return plan;
  const most = schedule.name === 'memoized' ? MOST_MEMOIZED : MOST_STEPWISE;
  const dealt = deal(data, components, { minibatch: schedule.minibatch, most });
  if (schedule.name === 'memoized') {
    const own = { algorithm, ...dealt };
    return around(plan, memoized(own));
  }
  const { forgetting, delay } = schedule;
  const own = { algorithm, ...dealt, forgetting, delay, tolerance: tolerance * data.totalWeight };
  return around(plan, stepwise(own), true);
}

type Driver = FitPlan['algorithm'] & { around(inner: Tree, key: Key): Tree };

/** The plan of an algorithm whose states are around those of another. */
function around<Result>(plan: SummedPlan<Result>, driver: Driver, isEstimate = false): FitPlan<Result> {
  const { mixtureOf, modelOf, stateOf, carry, report } = plan;
  const innerOf = (state: Tree): Tree => (state as MemoizedState | StepwiseState).inner;
  return {
    algorithm: driver,
    mixtureOf: (state) => mixtureOf?.(innerOf(state)) ?? (innerOf(state) as unknown as Mixture),
    ...(modelOf && { modelOf: (state) => modelOf(innerOf(state)) }),
    stateOf: (mixture, key) => driver.around(stateOf?.(mixture, key) ?? (mixture as unknown as Tree), key),
    // Statistics of a short run are of other rows.
    carry: (state, key) => driver.around(carry?.(innerOf(state), key) ?? innerOf(state), key),
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

/** Minibatches only estimate the objective: one pass over all rows measures that of the result. */
async function measured(
  algorithm: SummedAlgorithm,
  fit: Fit,
  course: Course,
): Promise<{ readonly fit: Fit; readonly course: Course }> {
  const { data, executor, signal, outcomes, best } = course;
  const outcome = outcomes[best]!;
  const { state } = outcome.step;
  const { message } = algorithm.ask(state, { precision: executor.precision, cuts: data.cuts });
  const collected = await executor.collect(algorithm, { message }, data, { signal });
  const info = algorithm.update(state, collected as never).info as StepInfo | null;
  if (info === null) return { fit, course };
  const objective = fit.objective + info.objective - outcome.step.info.objective;
  const own = { ...outcome, objective, step: { ...outcome.step, info } };
  return { fit: { ...fit, objective, info }, course: { ...course, outcomes: outcomes.with(best, own) } };
}
