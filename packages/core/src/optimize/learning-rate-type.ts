/**
 * A learning rate as plain data: a number, or one that changes with the step.
 *
 * - `exponential`: `start · factor^(step / every)`
 * - `cosine`: from `start` down to `end` (default 0) over `steps`, `end + ½(start − end)(1 + cos(π·step/steps))`, then `end`; with `warmUp` the first so
 *   many steps rise evenly to `start`, `start·(step + 1)/warmUp`, and the cosine goes over the rest
 */
export type LearningRate =
  | number
  | { readonly schedule: 'exponential'; readonly start: number; readonly factor: number; readonly every: number }
  | {
      readonly schedule: 'cosine';
      readonly start: number;
      readonly steps: number;
      readonly end?: number;
      readonly warmUp?: number;
    };
