/** What a rising objective has still to gain, by how its gains die away. */
export type Outlook = {
  /** Infinity where gains do not die away yet, or are too few to tell. */
  readonly gain: number;
  /** By which factor a gain follows another; NaN where they are too few to tell. */
  readonly rate: number;
};

/** Objectives that an outlook is made of. */
const LEAST_OBJECTIVES = 5;

/** Before there is anything to tell by. */
export const unknown: Outlook = { gain: Number.POSITIVE_INFINITY, rate: Number.NaN };

/** Ratios that differ by no more than this many times what rounding makes of them are one ratio. */
const SAME = 8;

/**
 * What is left to gain after the last of some objectives, at the most that two readings of the last four gains g₁ … g₄ tell.
 *
 *     one mode dies away   g₄·ρ/(1 − ρ), ρ = max gₜ₊₁/gₜ                           (Aitken)
 *     two modes do         (c₁g₄ + c₂(g₃ + g₄))/(1 − c₁ − c₂), where gₜ = c₁gₜ₋₁ + c₂gₜ₋₂   (Shanks, second order)
 *
 * A fast mode hides a slow one behind it from the first reading, until it has died away itself: near a saddle an objective may seem to arrive long before it does. The
 * second sees the slow one where its gains stand out of rounding. Where the ratios are all the same up to rounding, there is one mode.
 *
 * @param objectives  of steps one after another, in one precision, the last one last
 * @param noise       what rounding makes of an objective
 *
 * Source: Aitken (1926); Shanks (1955), Journal of Mathematics and Physics 34, 1–42. For EM: Böhning et al. (1994), Annals of the Institute of Statistical
 * Mathematics 46, 373–388.
 *
 * @example
 * remainingGain([0, 1, 1.5, 1.75, 1.875], 1e-15); // { gain: 0.125, rate: 0.5 }
 */
export function remainingGain(objectives: readonly number[], noise: number): Outlook {
  if (objectives.length < LEAST_OBJECTIVES) return unknown;
  const [o0, o1, o2, o3, o4] = objectives.slice(-LEAST_OBJECTIVES) as [number, number, number, number, number];
  const [g1, g2, g3, g4] = [o1 - o0, o2 - o1, o3 - o2, o4 - o3];
  const ratios = [g2 / g1, g3 / g2, g4 / g3] as const;
  const rate = Math.max(...ratios);
  if (!(Math.min(g1, g2, g3, g4) > 0 && rate < 1)) return { ...unknown, rate };
  const one = (g4 * rate) / (1 - rate);
  const blur = (SAME * noise) / g2;
  const isOneMode = isNear(ratios[0], ratios[1], blur) && isNear(ratios[1], ratios[2], blur);
  if (isOneMode) return { gain: one, rate };
  const determinant = g3 * g1 - g2 * g2;
  const c1 = (g4 * g1 - g3 * g2) / determinant;
  const c2 = (g3 * g3 - g4 * g2) / determinant;
  const rest = 1 - c1 - c2;
  const two = rest > 0 ? (c1 * g4 + c2 * (g3 + g4)) / rest : Number.POSITIVE_INFINITY;
  return { gain: Math.max(one, two), rate };
}

function isNear(a: number, b: number, blur: number): boolean {
  return Math.abs(a / b - 1) <= blur;
}
