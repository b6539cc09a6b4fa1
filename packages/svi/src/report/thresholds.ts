/** Where k̂ ends to be usable (Vehtari et al. 2024). */
export const USABLE = 0.7;

/** Above it the smoothed weights still serve, but k̂ itself is known to a tenth or two by some thousand draws. */
export const DOUBTFUL = 0.5;
