/** How far the objective swings, window by window; plain data. */
export type Swing = {
  /** Steps of the running window, and the least and greatest objective in it. */
  readonly steps: number;
  readonly least: number;
  readonly most: number;
  /** Greatest less least of the window before; 0 before there is one. */
  readonly before: number;
};

/** Before the first step. */
export const noSwing: Swing = { steps: 0, least: 0, most: 0, before: 0 };

/**
 * The stopping rule of a deterministic objective: what is left of its swings, were they to die away from window to window as in the last two.
 *
 *     s₂·q/(1 − q),  q = s₂/s₁,  s the greatest less the least objective of a window
 *
 * Falls count as movement like gains do: accelerated steps overshoot and come back, and a run must not end on the way.
 *
 * @param swing  as returned by the step before
 * @returns the next one, and at the end of a window its width and what is left; Infinity at other steps, or where swings do not die away
 *
 * @example
 * watchSwing({ steps: 1, least: -8, most: -8, before: 4 }, -7, 2); // of a window of 2 steps: width 1, left ⅓
 */
export function watchSwing(
  swing: Swing,
  objective: number,
  window: number,
): { readonly swing: Swing; readonly width: number; readonly left: number } {
  const isFirst = swing.steps === 0;
  const least = isFirst ? objective : Math.min(swing.least, objective);
  const most = isFirst ? objective : Math.max(swing.most, objective);
  const steps = swing.steps + 1;
  if (steps < window)
    return { swing: { ...swing, steps, least, most }, width: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY };
  const width = most - least;
  const ratio = width / swing.before;
  const left = ratio < 1 ? (width * ratio) / (1 - ratio) : Number.POSITIVE_INFINITY;
  // The next window begins where this one ends.
  return { swing: { steps: 1, least: objective, most: objective, before: width }, width, left };
}
