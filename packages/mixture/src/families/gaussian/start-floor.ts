/** Least variance of a start, relative to scaled columns: a constant column still needs a density to be scored at all. */
export const START_FLOOR = 1e-6;
