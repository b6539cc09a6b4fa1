/** An objective and the step at which it was met; plain data. */
export type Mark = { readonly objective: number; readonly step: number };

/** Before the first step. */
export const noMark: Mark = { objective: Number.NEGATIVE_INFINITY, step: 0 };

/**
 * The stopping rule of a deterministic objective: it stands still when it has stayed within `band` of one value for `window` steps.
 *
 * Falls count as movement like gains do: accelerated steps overshoot and come back, and a run must not end on the way.
 *
 * @param mark       as returned by the step before
 * @param objective  value at this step
 * @returns the next mark, and whether the objective stands still
 *
 * @example
 * standstill({ objective: -10, step: 0 }, 50, -10, { band: 1e-6, window: 50 }).still; // true
 */
export function standstill(
  mark: Mark,
  step: number,
  objective: number,
  { band, window }: { readonly band: number; readonly window: number },
): { readonly mark: Mark; readonly still: boolean } {
  if (!(Math.abs(objective - mark.objective) <= band)) return { mark: { objective, step }, still: false };
  return { mark, still: step - mark.step >= window };
}
