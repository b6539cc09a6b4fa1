/** Log-likelihoods of Old Faithful under full Gaussian mixtures, nats. */

/** One component, in closed form: −N/2 (D log 2π + log det Σ + D); published as −1289.7967. */
export const ONE_COMPONENT = -1289.796745052614;

/** Two components: the fixed point of EM, where implementations agree (mclust 6.0.0 at tolerance 1e-13). */
export const TWO_COMPONENTS = -1130.26396018474;

/**
 * Evidence lower bound of free-form variational Bayes, two components, columns standardised by their sample deviations, α = 1, β = 1, m = 0,
 * W = I, ν = 2; k-means starts, converged.
 */
export const FREE_FORM_BOUND = -435.0934276803;

/** The waiting times alone under two components; mixtools, Journal of Statistical Software 32(6), 2009. */
export const WAITING = {
  weights: [0.360887, 0.639113],
  means: [54.614893, 80.091093],
  deviations: [5.871245, 5.867716],
} as const;
