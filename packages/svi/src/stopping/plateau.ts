/** Sums over the running window, mean and variance of that mean in the window before, and how often it came to a standstill; plain data. */
export type Plateau = {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly mean: number;
  readonly variance: number;
  readonly standstills: number;
};

/** Before the first step. */
export const noPlateauYet: Plateau = {
  count: 0,
  sum: 0,
  squares: 0,
  mean: Number.NEGATIVE_INFINITY,
  variance: 0,
  standstills: 0,
};

/**
 * The stopping rule of a noisy objective: a standstill when the mean over a window does not exceed the mean of the window before by more than
 * `tolerance` plus two standard errors of the difference.
 *
 * The fit halves its learning rate at each standstill and stops after a few, so that what is left is not a balance between noise and step size.
 *
 * @param plateau    as returned by the step before
 * @param objective  estimate at this step
 * @param window     steps in a window
 * @param tolerance  gain of the mean that still counts as none
 *
 * @example
 * const { count } = watchPlateau(noPlateauYet, -440, { window: 100, tolerance: 0.01 }); // 1
 */
export function watchPlateau(
  plateau: Plateau,
  objective: number,
  { window, tolerance }: { readonly window: number; readonly tolerance: number },
): Plateau {
  const count = plateau.count + 1;
  // Sums are taken from the first value of the window's forerunner, else squares of large objectives lose the variance.
  const pivot = Number.isFinite(plateau.mean) ? plateau.mean : 0;
  const sum = plateau.sum + (objective - pivot);
  const squares = plateau.squares + (objective - pivot) ** 2;
  if (count < window) return { ...plateau, count, sum, squares };
  const shift = sum / window;
  const variance = Math.max(0, squares / window - shift * shift) / (window - 1);
  const gain = Number.isFinite(plateau.mean) ? shift : Number.POSITIVE_INFINITY;
  const still = gain <= tolerance + 2 * Math.sqrt(variance + plateau.variance);
  return {
    count: 0,
    sum: 0,
    squares: 0,
    mean: pivot + shift,
    variance,
    standstills: plateau.standstills + (still ? 1 : 0),
  };
}
