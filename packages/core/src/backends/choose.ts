import type { BackendName } from '../contracts/index.ts';

/**
 * Below this many multiply–adds a pass (N·K·P) the plain backend wins. Measured, full covariances, plain against native against wasm: 200 × 32,
 * K = 2 (0.4 million) 1.9, 6.1 and 2.7 ms; 3,000 × 8, K = 4 (0.8 million) 5.2, 4.5 and 3.7 ms. A pass of a few rows is 15 to 60 calls there.
 */
export const PLAIN_BELOW = 600_000;

export type Problem = {
  readonly rows: number;
  readonly components: number;
  /** P, or K·D² / K for whitened scores: statistic width of a row */
  readonly width: number;
};

/**
 * Whether a problem is so small that plain typed arrays beat every tensor library.
 *
 * @example
 * isSmall({ rows: 272, components: 2, width: 6 }); // true
 */
export function isSmall({ rows, components, width }: Problem): boolean {
  return rows * components * width < PLAIN_BELOW;
}

/** Names of the backends, best first. */
export const backendNames: readonly BackendName[] = ['native', 'wasm', 'plain'];
