import { checkOptions, fail, show } from '../base/index.ts';
import type { LearningRate } from './learning-rate-type.ts';

/**
 * Refuses a learning rate, or a schedule of it, by which no step can be taken.
 *
 * @throws BAD_OPTION with the name and the value
 *
 * @example
 * expect(() => checkLearningRate('mine/fit', -1)).toThrow('learningRate');
 */
export function checkLearningRate(where: string, rate: LearningRate): void {
  if (typeof rate !== 'object' || rate === null) {
    checkAbove0(where, 'learningRate', rate);
    return;
  }
  checkAbove0(where, 'learningRate.start', rate.start);
  if (rate.schedule === 'exponential') {
    checkOptions(where, rate, ['schedule', 'start', 'factor', 'every']);
    checkAbove0(where, 'learningRate.factor', rate.factor);
    checkAbove0(where, 'learningRate.every', rate.every);
  } else if (rate.schedule === 'cosine') {
    checkOptions(where, rate, ['schedule', 'start', 'steps', 'end', 'warmUp']);
    checkAbove0(where, 'learningRate.steps', rate.steps);
    checkFrom0(where, 'learningRate.end', rate.end ?? 0);
    const { warmUp = 0 } = rate;
    if (!(isFiniteNumber(warmUp) && warmUp >= 0 && warmUp < rate.steps))
      fail(
        where,
        'BAD_OPTION',
        `learningRate.warmUp is ${show(warmUp)}, a number from 0 to below ${rate.steps} (its steps) was due`,
      );
  } else {
    const { schedule } = rate as { readonly schedule?: unknown };
    fail(where, 'BAD_OPTION', `learningRate.schedule is ${show(schedule)}, "exponential" or "cosine" was due`);
  }
}

/** Refuses the learning rate of one step, which a schedule may have brought down to 0. */
export function checkStepRate(where: string, rate: number): void {
  checkFrom0(where, 'learningRate', rate);
}

function checkAbove0(where: string, name: string, value: unknown): void {
  if (isFiniteNumber(value) && value > 0) return;
  fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a number above 0 was due`);
}

function checkFrom0(where: string, name: string, value: unknown): void {
  if (isFiniteNumber(value) && value >= 0) return;
  fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a number from 0 was due`);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
