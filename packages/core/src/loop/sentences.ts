import type { Status } from '../contracts/index.ts';

/** What each status tells the user. */
export const statusSentences: { readonly [S in 'running' | Status]: string } = {
  running: 'still running',
  converged: 'by the rate at which gains die away, no more than the tolerance is left to gain',
  stopped: 'the limit of iterations or time came first: raise maxIterations or the budget, or loosen the tolerance',
  diverged: 'the objective fell or became NaN: lower the learning rate, use a prior, or run in float64',
  degenerate:
    'some components own no data or collapsed onto single rows: use fewer components, a prior, or other starts',
};

/** Of a run that converged since a step in float64 gave back the state that came in. */
export const unchanged = 'a step in float64 changes nothing any more';

/** Of a run that converged since its gains are within the rounding of float64. */
export const level = 'float64 shows no gain any more';

/** Of a run that stopped since float32 shows no more of it, and float64 was not wanted. */
export const sunk = 'what is left to gain is less than the rounding of float32 shows';

/** Of a run in float32 whose gains are within the tolerance before they sink. */
export const near =
  'by gains in float32, which prove nothing, no more than the tolerance is left to gain: precision auto or float64 tells';

/** Of a run whose algorithm saw its end in float32, and float64 was not wanted. */
export const seen = 'that was seen in float32, which proves nothing: precision auto or float64 tells';

/** Of a run in float32 whose state needs float64; where it was left, float64 has measured it. */
export const coarse =
  'float32 is too coarse for where this has come to (components too narrow, or too far from 0): take precision auto or float64';
