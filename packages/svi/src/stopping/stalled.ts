/** The last objective that counted as a gain, and the step at which it came; plain data. */
export type GainMark = { readonly objective: number; readonly step: number };

/** Before the first step. */
export const noGainYet: GainMark = { objective: Number.NEGATIVE_INFINITY, step: 0 };

/**
 * The stopping rule of a deterministic objective: stalled when its best value gained less than `least` over `window` steps.
 *
 * The best value and not the last one, since accelerated steps overshoot before they settle.
 *
 * @param mark       as returned by the step before
 * @param objective  value at this step
 * @param least      gain over the window below which the objective counts as standing still
 * @returns the next mark, and whether to stop
 *
 * @example
 * stalled({ objective: -10, step: 0 }, 50, -10, { least: 1e-6, window: 50 }).stop; // true
 */
export function stalled(
  mark: GainMark,
  step: number,
  objective: number,
  { least, window }: { readonly least: number; readonly window: number },
): { readonly mark: GainMark; readonly stop: boolean } {
  if (objective > mark.objective + least) return { mark: { objective, step }, stop: false };
  return { mark, stop: step - mark.step >= window };
}
