import { checkLearningRate } from './check-learning-rate.ts';

/**
 * A learning rate as plain data: a number, or one that changes with the step.
 *
 * - `exponential`: `start · factor^(step / every)`
 * - `cosine`: from `start` down to `end` (default 0) over `steps`, `end + ½(start − end)(1 + cos(π·step/steps))`, then `end`
 */
export type LearningRate =
  | number
  | { readonly schedule: 'exponential'; readonly start: number; readonly factor: number; readonly every: number }
  | { readonly schedule: 'cosine'; readonly start: number; readonly steps: number; readonly end?: number };

/**
 * The learning rate of a step, counted from 0.
 *
 * @throws BAD_OPTION for a rate that is not above 0, or a schedule that is incomplete or unknown
 *
 * Source of the cosine: Loshchilov & Hutter, SGDR (2017), eq. 5, without restarts.
 *
 * @example
 * learningRateAt({ schedule: 'cosine', start: 0.1, steps: 100 }, 50); // 0.05
 */
export function learningRateAt(rate: LearningRate, step: number): number {
  checkLearningRate('core/learningRateAt', rate);
  if (typeof rate === 'number') return rate;
  if (rate.schedule === 'exponential') return rate.start * rate.factor ** (step / rate.every);
  const { start, steps, end = 0 } = rate;
  return end + 0.5 * (start - end) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));
}
