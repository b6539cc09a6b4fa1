import { checkLearningRate } from './check-learning-rate.ts';
import type { LearningRate } from './learning-rate-type.ts';

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
  const { start, steps, end = 0, warmUp = 0 } = rate;
  if (step < warmUp) return (start * (step + 1)) / warmUp;
  const [gone, whole] = [Math.min(step, steps) - warmUp, steps - warmUp];
  return end + 0.5 * (start - end) * (1 + Math.cos((Math.PI * gone) / whole));
}
