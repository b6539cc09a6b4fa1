import type { Optimizer } from '@mixtention/core/optimize';
import { temperatureAt } from '../gumbel/temperature.ts';
import { meanOf } from '../report/index.ts';
import { addIterate, iterates, type Window } from './iterates.ts';
import { isRelaxed } from './objective.ts';
import type { Climb } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';
import { isLost, lostSentence, type Slope, stepAlong, walkFrom } from './walk.ts';

/** Rates that are tried where none is given. */
const RATES = [0.1, 0.03, 0.01, 0.003];
/** Steps that each is tried for, and how many of the last are compared. */
const TRIED = 200;
const COMPARED = 100;
/** Steps of the first window of a level. */
const FIRST = 128;
/** Steps whose mean is what is said to be raised. */
const RAISED = 100;
/** R̂ below which a window counts as stationary. */
const STATIONARY = 1.2;

/** A climb that begins: by trying learning rates, where none is given. */
export function climbFrom(begin: Float64Array, baselines: number, options: SettledSvi): Climb {
  const { learningRate } = options;
  return {
    tried: new Float64Array(RATES.length),
    trials: learningRate === undefined ? 0 : RATES.length,
    walk: walkFrom(begin, baselines, options),
    rate: learningRate ?? RATES[0]!,
    level: iterates(begin.length, FIRST),
    mean: null,
    before: null,
    best: { bound: Number.NEGATIVE_INFINITY, error: 0 },
    raised: { last: new Float64Array(RAISED), count: 0 },
    window: { sum: 0, squares: 0, count: 0 },
    ended: null,
  };
}

/** Whether steps count already: not while learning rates are tried. */
export const isUnderway = ({ trials }: Climb): boolean => trials === RATES.length;

/** Gradient steps so far, trials included. */
export function stepsOf({ trials, walk }: Climb, { learningRate }: SettledSvi): number {
  const finished = learningRate === undefined ? trials * TRIED : 0;
  return finished + walk.taken;
}

/** What steps raise: the mean of the last hundred, and its standard error; NaN before there is one. */
export const raisedBy = ({ raised: { last, count } }: Climb): ReturnType<typeof meanOf> =>
  meanOf(last.subarray(0, Math.min(count, RAISED)));

/** The parameters that a climb is at: averaged over the last window, or as they are where there is none. */
export const reachedBy = ({ mean, walk }: Climb): Float64Array => mean ?? walk.parameters.slice();

/**
 * Climbs the bound by a step: at one learning rate until the iterates are stationary (R̂) and their mean is known (standard error), then at half of it, until means
 * of two levels agree. A rate at which a window ended worse than one before, by more than noise, is halved as well.
 */
export function climbOn(
  climb: Climb,
  slope: Slope,
  { begin, options, rule }: { readonly begin: Float64Array; readonly options: SettledSvi; readonly rule: Optimizer },
): void {
  const isTaken = stepAlong(climb.walk, slope, climb.rate, rule);
  if (isUnderway(climb)) judgeStep(climb, isTaken ? slope.value : null, options);
  else judgeTrial(climb, isTaken ? slope.value : null, begin, options);
}

/** The rate whose steps end at the best mean bound is taken; a larger one is kept where the next is not clearly better. */
function judgeTrial(climb: Climb, value: number | null, begin: Float64Array, options: SettledSvi): void {
  const { tried, walk } = climb;
  if (walk.taken > TRIED - COMPARED)
    tried[climb.trials]! += value === null ? Number.NEGATIVE_INFINITY : value / COMPARED;
  if (walk.taken < TRIED) return;
  climb.trials++;
  const rates = isUnderway(climb) ? tried.indexOf(tried.reduce((a, b) => Math.max(a, b))) : climb.trials;
  climb.rate = RATES[rates]!;
  climb.walk = walkFrom(begin, walk.baseline.length, options);
}

function judgeStep(climb: Climb, value: number | null, options: SettledSvi): void {
  const { walk, window, best, raised } = climb;
  const { accuracy } = options;
  if (isLost(walk)) {
    climb.ended = { status: 'diverged', message: lostSentence };
    return;
  }
  if (value !== null) {
    raised.last[raised.count++ % RAISED] = value;
    window.sum += value;
    window.squares += value * value;
    window.count++;
  }
  const full = addIterate(climb.level, walk.parameters);
  if (full !== null) {
    const here = meanWithError(window);
    window.sum = window.squares = window.count = 0;
    // Worse by more than noise: steps at this rate lead away.
    const isWorse = here.bound < best.bound - 3 * Math.hypot(here.error, best.error);
    const isSettled = full.standardError < accuracy && isStationary(full, climb.rate, accuracy);
    if (here.bound > best.bound) climb.best = here;
    if (!isWorse) climb.mean = full.mean;
    if (isSettled || isWorse) {
      const { before } = climb;
      const isStill = isSettled && before !== null && farthest(full.mean, before) < accuracy;
      if (isStill && isCold(options, walk.taken)) {
        climb.ended = {
          status: 'converged',
          message: `averages of the iterates moved by less than ${accuracy} from one learning rate to the next`,
        };
        return;
      }
      climb.before = isSettled ? full.mean : null;
      climb.rate /= 2;
      climb.level = iterates(walk.parameters.length, FIRST);
      if (climb.mean !== null) walk.parameters.set(climb.mean);
    }
  }
  if (walk.taken < options.steps) return;
  const message = `${options.steps} steps were not enough for averages of the iterates to settle within ${accuracy}`;
  climb.ended = { status: 'stopped', message };
}

/**
 * Whether a window has forgotten how it began: by R̂, or since it stayed within `accuracy` where its steps could have led thirty times as far (R̂ is large at small learning
 * rates, however little the iterates move).
 */
const isStationary = ({ rHat, spread, length }: Window, rate: number, accuracy: number): boolean =>
  rHat < STATIONARY || (spread < accuracy && length * rate >= 30 * accuracy);

/** Whether the temperature of relaxed draws has fallen as far as it will: until then what is climbed still changes. */
const isCold = ({ discrete, temperature }: SettledSvi, step: number): boolean =>
  !isRelaxed(discrete) ||
  typeof temperature === 'number' ||
  temperature.rate === 0 ||
  temperatureAt(temperature, step) === temperature.least;

/** The mean of estimates of the bound over a window, and its standard error. */
function meanWithError({ sum, squares, count }: Climb['window']): { readonly bound: number; readonly error: number } {
  const bound = sum / count;
  return { bound, error: Math.sqrt(Math.max(0, squares / count - bound * bound) / count) };
}

const farthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
