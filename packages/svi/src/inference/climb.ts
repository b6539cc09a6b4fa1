import type { Key } from '@mixtention/core';
import { temperatureAt } from '../gumbel/temperature.ts';
import { iterates, type Window } from './iterates.ts';
import { isRelaxed, type Objective } from './objective.ts';
import type { SettledSvi, SviProgress } from './svi-options.ts';
import { PATIENCE, walker } from './walker.ts';

export type Climbed = {
  readonly status: 'converged' | 'stopped' | 'diverged' | 'aborted';
  readonly message: string;
  /** Averaged over the last window; the last finite ones where the run diverged. */
  readonly parameters: Float64Array;
  readonly steps: number;
  readonly gradientEvaluations: number;
  /** The learning rate of the last level. */
  readonly learningRate: number;
  /** Steps that were passed over, since their gradient was not finite. */
  readonly passedOver: number;
  /** A running mean of what steps raised, over about the last hundred. */
  readonly raised: number;
};

/** Steps of the first window of a level. */
const FIRST = 128;
/** R̂ below which a window counts as stationary. */
const STATIONARY = 1.2;
/**
 * Climbs the bound: steps at one learning rate until the iterates are stationary (R̂) and their mean is known (standard error), then at half of it, until means
 * of two levels agree. A rate at which a window ended worse than one before, by more than noise, is halved as well.
 */
export function* climb(objective: Objective, key: Key, options: SettledSvi): Generator<SviProgress, Climbed, void> {
  const { steps, accuracy, signal } = options;
  const walk = walker(objective, key, options);
  let rate = options.learningRate ?? searchRate(objective, key, options);
  let level = iterates(objective.begin.length, FIRST);
  let mean: Float64Array | null = null;
  let before: Float64Array | null = null;
  let best = { bound: Number.NEGATIVE_INFINITY, error: 0 };
  let bound = Number.NaN;
  let windowSum = 0;
  let windowSquares = 0;
  let windowCount = 0;
  const done = (status: Climbed['status'], message: string): Climbed => ({
    status,
    message,
    parameters: mean ?? walk.parameters().slice(),
    steps: walk.taken(),
    gradientEvaluations:
      (walk.taken() + (options.learningRate === undefined ? RATES.length * TRIED : 0)) * options.draws,
    learningRate: rate,
    passedOver: walk.passedOver(),
    raised: bound,
  });
  const restart = (): void => {
    level = iterates(objective.begin.length, FIRST);
    if (mean !== null) walk.moveTo(mean);
  };
  while (walk.taken() < steps) {
    const value = walk.step(rate);
    const taken = walk.taken();
    if (walk.lost()) return done('diverged', `${PATIENCE} gradients in a row were no numbers`);
    if (Number.isFinite(value)) {
      bound = Number.isNaN(bound) ? value : bound + (value - bound) / Math.min(taken, 100);
      windowSum += value;
      windowSquares += value * value;
      windowCount++;
    }
    if (taken % 100 === 0) {
      yield { step: taken, learningRate: rate, bound };
      if (signal?.aborted) return done('aborted', 'interrupted');
    }
    const window = level.add(walk.parameters());
    if (window === null) continue;
    const here = meanWithError(windowSum, windowSquares, windowCount);
    windowSum = windowSquares = windowCount = 0;
    // Worse by more than noise: steps at this rate lead away.
    const isWorse = here.bound < best.bound - 3 * Math.hypot(here.error, best.error);
    const isSettled = window.standardError < accuracy && isStationary(window, rate, accuracy);
    if (here.bound > best.bound) best = here;
    if (!isWorse) mean = window.mean;
    if (!isSettled) {
      if (!isWorse) continue;
      rate /= 2;
      before = null;
      restart();
      continue;
    }
    if (before !== null && isCold(options, taken) && farthest(window.mean, before) < accuracy)
      return done(
        'converged',
        `averages of the iterates moved by less than ${accuracy} from one learning rate to the next`,
      );
    before = window.mean;
    rate /= 2;
    restart();
  }
  return done('stopped', `${steps} steps were not enough for averages of the iterates to settle within ${accuracy}`);
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
function meanWithError(
  sum: number,
  squares: number,
  count: number,
): { readonly bound: number; readonly error: number } {
  const bound = sum / count;
  return { bound, error: Math.sqrt(Math.max(0, squares / count - bound * bound) / count) };
}

const farthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

/** Rates that are tried where none is given. */
const RATES = [0.1, 0.03, 0.01, 0.003];
/** Steps that each is tried for, and how many of the last are compared. */
const TRIED = 200;
const COMPARED = 100;

/** The rate whose steps end at the best mean bound; a larger one is kept where the next is not clearly better. */
function searchRate(objective: Objective, key: Key, options: SettledSvi): number {
  const means = RATES.map((rate) => {
    const walk = walker(objective, key, options);
    let total = 0;
    for (let i = 0; i < TRIED; i++) {
      const value = walk.step(rate);
      if (i >= TRIED - COMPARED) total += Number.isFinite(value) ? value / COMPARED : Number.NEGATIVE_INFINITY;
    }
    return total;
  });
  return RATES[means.indexOf(means.reduce((a, b) => Math.max(a, b)))]!;
}
