/** Distributions whose parameters are values of a graph: log densities, draws with gradients, entropies, divergences. */
export { beta, dirichlet, flat, uniform } from './bounded.ts';
export {
  betaBinomial,
  dirichletMultinomial,
  geometric,
  multinomial,
  negativeBinomial,
  orderedLogistic,
} from './counts.ts';
export { bernoulli, binomial, categorical, oneHotCategorical, type ProbabilityLike, poisson } from './discrete.ts';
export { type Distribution, describe, isDiscrete, type Support } from './distribution.ts';
export { klDivergence } from './kl-divergence.ts';
export { lkjCholesky } from './lkj-cholesky.ts';
export { mixture, ordered } from './mixture.ts';
export { multivariateNormal, type Spread } from './multivariate.ts';
export {
  chiSquared,
  exponential,
  gamma,
  halfCauchy,
  halfNormal,
  halfStudentT,
  inverseGamma,
  logNormal,
  pareto,
  weibull,
} from './on-half-lines.ts';
export { cauchy, gumbel, laplace, logistic, normal, studentT } from './on-the-line.ts';
export { gumbelSoftmax, relaxedBernoulli } from './relaxed.ts';
export { truncatedNormal } from './truncated-normal.ts';
export { wishart } from './wishart.ts';
