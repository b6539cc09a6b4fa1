import { countedWas } from '@mixtention/core/base';
import type { Optimizer } from '@mixtention/core/optimize';
import { temperatureAt } from '../gumbel/temperature.ts';
import { meanOf } from '../report/index.ts';
import { addIterate, iterates, type Window } from './iterates.ts';
import { isRelaxed } from './objective.ts';
import type { Climb, Slope } from './run-state.ts';
import { type SettledSvi, sviDefaults } from './svi-options.ts';
import { isLost, lostSentence, startFrom, stepAlong, walkFrom } from './walk.ts';

/** Rates that are tried where none is given. */
const RATES = [0.1, 0.03, 0.01, 0.003];
/** Steps that each is tried for, and how many of the last are compared. */
const TRIED = 200;
const COMPARED = 100;
/** Steps of the first window of a level; of natural-gradient steps, which are dear and few, a quarter. */
const FIRST = 128;
/** Steps whose mean is what is said to be raised, and whose middle tells a fall. */
const RAISED = 100;
const firstOf = ({ optimizer }: SettledSvi): number => (optimizer === 'natural' ? FIRST / 4 : FIRST);
type Estimate = { readonly bound: number; readonly error: number; readonly deviation: number };

const NONE: Estimate = { bound: Number.NEGATIVE_INFINITY, error: 0, deviation: 0 };

/** How many deviations below the best window half of the last steps lie in a fall. */
const FALLEN = 10;
/** R̂ below which a window counts as stationary. */
const STATIONARY = 1.2;

/** Steps of a window that may count as stationary by its halves. */
const LONG = 4096;

/** A climb that begins: by trying learning rates, where none is given. */
export function climbFrom(begin: Float64Array, baselines: number, options: SettledSvi): Climb {
  const { learningRate } = options;
  return {
    tried: new Float64Array(RATES.length),
    trials: learningRate === undefined ? 0 : RATES.length,
    walk: walkFrom(begin, baselines, options),
    rate: learningRate ?? RATES[0]!,
    level: iterates(begin.length, firstOf(options)),
    mean: null,
    before: null,
    earlier: { window: null, level: null },
    best: { ...NONE },
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
 * of two levels agree. Of relaxed draws, whose parameters may wander where nothing depends on them, means of what they raise are compared instead, once the temperature falls no more. A rate at which a window ended worse than one before, by more than noise, is halved as well.
 */
export function climbOn(climb: Climb, slope: Slope, { begin, options, rule }: How): void {
  const isTaken = stepAlong(climb.walk, slope, climb.rate, rule);
  if (isUnderway(climb)) judgeStep(climb, isTaken ? slope.value : null, { begin, options, rule });
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

type How = { readonly begin: Float64Array; readonly options: SettledSvi; readonly rule: Optimizer };

function judgeStep(climb: Climb, value: number | null, how: How): void {
  const { options } = how;
  const { walk, window, raised } = climb;
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
  const isWarm = !isCold(options, walk.taken);
  // What warmer draws raised is another objective: windows begin anew where the temperature has come to its end.
  if (!isWarm && walk.taken > 1 && !isCold(options, walk.taken - 1)) beginAnew(climb);
  const full = addIterate(climb.level, walk.parameters);
  if (full !== null) {
    const here = meanWithError(window);
    window.sum = window.squares = window.count = 0;
    if (isWarm) climb.mean = full.mean;
    else judgeWindow(climb, { full, here }, how);
    if (climb.ended !== null) return;
  }
  if (walk.taken % RAISED === 0 && hasFallen(climb)) halve(climb, true, how);
  if (walk.taken < options.steps) return;
  const what = isRelaxed(options.discrete)
    ? `means of the relaxed objective to settle within ${accuracy} nats`
    : `averages of the iterates to settle within ${accuracy}`;
  const message = `${countedWas(options.steps, 'step')} not enough for ${what}: ${adviceOn(options)}`;
  climb.ended = { status: 'stopped', message };
}

/** Steps before which nothing can be said of noise: a first window at each of some rates. */
const FEW = 1000;

/** What to try where steps are over: noisy gradients (tails of the posterior that are heavier than the guide's) move averages for thousands of steps, while the bound stands still. */
function adviceOn({ accuracy, draws, steps, optimizer }: SettledSvi): string {
  const wide = Number((3 * accuracy).toPrecision(2));
  if (steps < FEW) return `take more, as the ${sviDefaults.steps} that are the default`;
  const more = optimizer === 'natural' || draws >= 16 ? `more than ${steps} steps` : `16 draws a step (now ${draws})`;
  return `gradients are noisy for that; take accuracy ${wide}, or ${more}`;
}

/** A window at one temperature: whether this rate has done what it can, or leads away; then it is halved. */
function judgeWindow(climb: Climb, { full, here }: { readonly full: Window; readonly here: Estimate }, how: How): void {
  const { options, begin } = how;
  const { best, before, earlier } = climb;
  const { accuracy } = options;
  const isOfObjective = isRelaxed(options.discrete);
  // Worse by more than noise: steps at this rate lead away.
  const isWorse = here.bound < best.bound - 3 * Math.hypot(here.error, best.error);
  const isSettled = isOfObjective
    ? here.error < accuracy && earlier.window !== null && Math.abs(here.bound - earlier.window) < accuracy
    : full.standardError < accuracy && isStationary(full, climb.rate, accuracy);
  if (here.bound > best.bound) climb.best = { ...here };
  if (!isWorse) climb.mean = full.mean;
  earlier.window = here.bound;
  if (!isSettled && !isWorse) return;
  const isStill = isOfObjective
    ? earlier.level !== null && Math.abs(here.bound - earlier.level) < accuracy
    : before !== null && farthest(full.mean, before) < accuracy;
  if (isSettled && isStill) {
    const message = isOfObjective
      ? `means of the relaxed objective, which is no bound, moved by less than ${accuracy} nats from one learning rate to the next`
      : `averages of the iterates moved by less than ${accuracy} from one learning rate to the next`;
    climb.ended = { status: 'converged', message };
    return;
  }
  const isNoisy = isSettled && !isOfObjective && full.rHat >= STATIONARY && full.length >= LONG;
  climb.before = isSettled ? full.mean : null;
  climb.earlier = { window: null, level: isSettled ? here.bound : null };
  halve(climb, isWorse, how);
  // Where noise is such that this took a long window, shorter ones would tell nothing of the next level.
  if (isNoisy) climb.level = iterates(begin.length, firstOf(options), LONG);
}

/** Half the rate, from the mean of the last window that was no worse than others. Steps that led away are forgotten, by the optimizer too. */
function halve(climb: Climb, ledAway: boolean, { begin, options, rule }: How): void {
  const { walk, window } = climb;
  climb.rate /= 2;
  climb.level = iterates(begin.length, firstOf(options));
  window.sum = window.squares = window.count = 0;
  if (ledAway) {
    climb.before = null;
    climb.earlier = { window: null, level: null };
    startFrom(walk, climb.mean ?? begin, rule);
  } else if (climb.mean !== null) walk.parameters.set(climb.mean);
}

/** Whether half of the last values lie far below the best window: means would not tell, whose errors a fall makes as large as itself. */
function hasFallen({ best, raised: { last, count } }: Climb): boolean {
  if (best.bound === Number.NEGATIVE_INFINITY || count < RAISED) return false;
  const middle = last.slice().sort()[RAISED >> 1]!;
  return middle < best.bound - FALLEN * best.deviation;
}

/** Forgets all windows; the walk goes on. */
function beginAnew(climb: Climb): void {
  climb.level = iterates(climb.walk.parameters.length, FIRST);
  climb.mean = null;
  climb.best = { ...NONE };
  climb.window.sum = climb.window.squares = climb.window.count = 0;
}

/**
 * Whether a window has forgotten how it began: by R̂, or since it stayed within `accuracy` where its steps could have led thirty times as far (R̂ is large at small learning
 * rates, however little the iterates move), or since the halves of a long one agree: where gradients have heavy tails iterates wander longer than a block lasts, and R̂ with them, while means are known long before.
 */
function isStationary({ rHat, spread, drift, length }: Window, rate: number, accuracy: number): boolean {
  if (rHat < STATIONARY) return true;
  const couldHaveLeft = length * rate >= 30 * accuracy;
  return couldHaveLeft && (spread < accuracy || (length >= LONG && drift < 2 * accuracy));
}

/** Whether the temperature of relaxed draws has fallen as far as it will: until then what is climbed still changes. */
const isCold = ({ discrete, temperature }: SettledSvi, step: number): boolean =>
  !isRelaxed(discrete) ||
  typeof temperature === 'number' ||
  temperature.rate === 0 ||
  temperatureAt(temperature, step) === temperature.least;

/** The mean of estimates of the bound over a window, and its standard error. */
function meanWithError({ sum, squares, count }: Climb['window']): Estimate {
  const bound = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - bound * bound));
  return { bound, error: deviation / Math.sqrt(count), deviation };
}

const farthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
