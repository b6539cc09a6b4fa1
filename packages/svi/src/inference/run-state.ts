import type { Tree } from '@mixtention/core';
import type { OwnedState } from '@mixtention/core/optimize';
import type { Around } from '../guides/index.ts';
import type { Found } from '../pathfinder/index.ts';
import type { Iterates } from './iterates.ts';

/** Where steps of an optimizer have come to: plain data, which its owner changes. */
export type Walk = {
  readonly parameters: Float64Array;
  optimizer: OwnedState;
  taken: number;
  /** Gradients that were no numbers, in all and in a row. */
  passedOver: number;
  inARow: number;
  /** A length that half of the gradients exceed, about; 0 before the first. */
  typical: number;
  /** What scored draws are measured against. */
  readonly baseline: Float64Array;
};

/** What a step is taken on: an estimate of the bound, the slope of its negative, and what scored draws were worth. */
export type Slope = { value: number; readonly gradient: Float64Array; readonly worth: Float64Array };

/** How a climb ended. */
export type Climbed = {
  readonly status: 'converged' | 'stopped' | 'diverged';
  readonly message: string;
};

/** Where a climb stands: plain data, all that it needs to go on with the same bits. Its owner changes it. */
export type Climb = {
  /** Mean bounds at the end of each learning rate that was tried. */
  readonly tried: Float64Array;
  /** Rates that were tried to the end; all of them once steps count. */
  trials: number;
  walk: Walk;
  rate: number;
  level: Iterates;
  /** Of the last window that was no worse than others. */
  mean: Float64Array | null;
  /** Of the level before. */
  before: Float64Array | null;
  /** Mean objectives: of the last window at this rate, and of the rate before. */
  earlier: { window: number | null; level: number | null };
  /** The best window: its mean, the standard error of that, and the deviation of one value. */
  best: { bound: number; error: number; deviation: number };
  /** What the last steps raised, in a ring, and how many there were. */
  readonly raised: { readonly last: Float64Array; count: number };
  readonly window: { sum: number; squares: number; count: number };
  ended: Climbed | null;
};

/** Where steps began, and what that took. */
export type Start = {
  readonly around: Around;
  /** Normals of the other paths, of at most a hundred free numbers. */
  readonly others?: readonly Found[];
  readonly gradientEvaluations: number;
  readonly densityEvaluations: number;
};

/** A run of `svi` that has not ended, as plain data: what it is of, and where it stands. A run that resumes from it has the bits of one that was never interrupted. */
export type SviCheckpoint = {
  readonly guide: string;
  /** What the steps depend on; there may be more of them when the run goes on. */
  readonly options: { readonly [option: string]: Tree };
  /** The bound where the guide begins, by one draw: it tells model and data from others. */
  readonly fingerprint: number;
  readonly start: Start;
  /** That the run has taken so far. */
  readonly seconds: number;
  readonly climb: Climb;
  /** What a caller keeps with it. */
  readonly caller?: Tree;
};
