import { fail } from '@mixtention/core';
import type { LearningRate } from './learning-rate.ts';

/** Refuses a learning rate, or one that a schedule starts from, that is no number above 0. */
export function checkLearningRate(where: string, rate: LearningRate): void {
  const start = typeof rate === 'object' && rate !== null ? rate.start : rate;
  if (typeof start === 'number' && start > 0 && start < Number.POSITIVE_INFINITY) return;
  fail(where, 'BAD_OPTION', `learningRate is ${String(start)}, a number above 0 was due`);
}
