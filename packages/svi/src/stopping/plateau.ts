import { counted } from '@mixtention/core/base';
/** The objectives of the running window and of the one before, and what windows have come to; plain data. */
export type Plateau = {
  readonly values: Float64Array;
  /** How many of them there are. */
  readonly steps: number;
  readonly before: Float64Array;
  /** Whole windows. */
  readonly windows: number;
  readonly standstills: number;
  /** Of the mean of the last whole window over that of the one before, and its standard error; 0 before there are two. */
  readonly gain: number;
  readonly gainError: number;
};

/** Before the first step of windows of so many. */
export function noPlateau(window: number): Plateau {
  const none = new Float64Array(window);
  return { values: none, steps: 0, before: none, windows: 0, standstills: 0, gain: 0, gainError: 0 };
}

/**
 * The stopping rule of a noisy objective: a standstill when the mean over a window exceeds that of the window before by no more than `tolerance` plus two standard
 * errors of the difference.
 *
 * The steps of two windows are compared pair by pair: whoever draws the same numbers, and the same rows, at the same place of every window has most of the
 * noise cancel, and sees gains that single draws would hide. The fit halves its learning rate at each standstill and stops after a few, so that what is left is not a
 * balance between noise and step size.
 *
 * @param plateau    as returned by the step before
 * @param objective  estimate at this step
 * @param tolerance  gain of the mean that still counts as none
 *
 * Source: common random numbers, Glasserman & Yao (1992), Management Science 38, 884–908.
 *
 * @example
 * const { steps } = watchPlateau(noPlateau(100), -440, 0.01); // 1
 */
export function watchPlateau(plateau: Plateau, objective: number, tolerance: number): Plateau {
  const { before, standstills, windows } = plateau;
  const values = plateau.values.slice();
  values[plateau.steps] = objective;
  const steps = plateau.steps + 1;
  if (steps < values.length) return { ...plateau, values, steps };
  if (windows === 0) return { ...plateau, values, steps: 0, before: values, windows: 1 };
  const gains = values.map((value, i) => value - before[i]!);
  const { mean: gain, standardError: gainError } = estimateOf(gains);
  const still = gain <= tolerance + 2 * gainError;
  return {
    values,
    steps: 0,
    before: values,
    windows: windows + 1,
    standstills: standstills + (still ? 1 : 0),
    gain,
    gainError,
  };
}

/** A mean and its standard error, 0 for one value. */
export function estimateOf(values: Float64Array): { readonly mean: number; readonly standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / Math.max(1, values.length - 1) / values.length) };
}

/** What was tested when a fit ended at its last standstill. */
export function standstillSentence({ gain, gainError, standstills, before }: Plateau): string {
  return [
    `the objective stands still at 1/${2 ** (standstills - 1)} of the learning rate: its mean over the last ${counted(before.length, 'step')} gained`,
    `${gain.toPrecision(2)} nats over that of the ${before.length} before, two standard errors being ${(2 * gainError).toPrecision(2)}; what is left to gain beyond that was not tested`,
  ].join(' ');
}
