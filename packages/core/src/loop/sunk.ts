import type { Outlook } from './remaining-gain.ts';
import { unknown } from './remaining-gain.ts';

/** Steps over which gains are added, so that they stand out of rounding, before they are given up. */
const WINDOW = 8;
/** Objectives that tell how large rounding is. */
const LEAST = 12;
/** Standard deviations of rounding that a gain must stand out by. */
const SHOWN = 4;
/** Steps in each of two windows whose gains tell of the rate. */
const LONG_WINDOW = 16;
/** Rates nearer to 1 cannot be told from it by two such windows. */
const MOST_RATIO = 0.95;

/** Whether the gains of the last steps, all together, no longer stand out of rounding. */
export function hasSunk(objectives: readonly number[], noise: number): boolean {
  const last = objectives.length - 1;
  return objectives.length >= LEAST && objectives[last]! - objectives[last - WINDOW]! <= SHOWN * noise;
}

/**
 * What is left to gain by objectives that rounding blurs, from the gains G₁ and G₂ of two windows of m steps: `G₂·q/(1 − q)`, q = G₂/G₁ = ρᵐ. It is no proof.
 *
 * @param noise  standard deviation of rounding: no gain counts as less
 */
export function coarseOutlook(objectives: readonly number[], noise: number): Outlook {
  const last = objectives.length - 1;
  const steps = Math.min(LONG_WINDOW, Math.floor(last / 2));
  if (steps < 1) return unknown;
  const second = Math.max(noise, objectives[last]! - objectives[last - steps]!);
  const first = Math.max(noise, objectives[last - steps]! - objectives[last - 2 * steps]!);
  const ratio = Math.min(MOST_RATIO, second / first);
  return { gain: (second * ratio) / (1 - ratio), rate: ratio ** (1 / steps) };
}
