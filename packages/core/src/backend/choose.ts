import type { BackendName } from '../types.ts';

/**
 * Below this many multiply–adds a pass (N·K·P) the plain backend wins: a pass on a tfjs backend costs about 15 native calls of 10 µs,
 * and the plain kernel does about 1e6 multiply–adds a millisecond. An estimate from these two costs.
 */
export const PLAIN_BELOW = 300_000;

export type Problem = {
  readonly rows: number;
  readonly components: number;
  /** P, or K·D² / K for whitened scores: statistic width of a row */
  readonly width: number;
};

/** Whether a problem is so small that plain typed arrays beat every tensor library. */
export function isSmall({ rows, components, width }: Problem): boolean {
  return rows * components * width < PLAIN_BELOW;
}

/** Names of the backends, best first. */
export const backendNames: readonly BackendName[] = ['native', 'wasm', 'plain'];
