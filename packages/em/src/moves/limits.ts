/** When a climb is over, and what a trial has. */
export type Limits = {
  /** Nats a row by which a trial must be better; a climb ends where a step gains less, then there are proposals. */
  readonly better: number;
  /** A trial has settled where a step gains less than this part of it. */
  readonly still: number;
  readonly climb: number;
  /** Passes that a trial has; it ends once it has settled, or cannot become better at the rate at which it gains. */
  readonly trial: number;
  /** Rounds without any that was accepted, after which there are no more. */
  readonly idle: number;
  /** Rows at most that proposals are made of. */
  readonly sample: number;
};

export const LIMITS: { readonly [mode in 'split-merge' | 'others']: Limits } = {
  // Optima of one number of components lie close together, and steps between them gain little.
  'split-merge': { better: 2e-5, still: 1, climb: 200, trial: 120, idle: 3, sample: 10_000 },
  others: { better: 1e-4, still: 0.3, climb: 60, trial: 40, idle: 1, sample: 4000 },
};
/** Before that a gain tells little: trials begin near saddles. */
export const LEAST_STEPS = 8;
/** Of a run. */
export const MOST_TRIALS = 400;
