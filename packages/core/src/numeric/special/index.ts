/** Special functions of one or a few float64 numbers. */
export { digamma } from './digamma.ts';
export { lgamma } from './lgamma.ts';
export { logBeta } from './log-beta.ts';
export { logDirichletNormalizer } from './log-dirichlet-normalizer.ts';
export { logGammaRatio } from './log-gamma-ratio.ts';
export { logSumExp } from './log-sum-exp.ts';
export { multivariateLogGamma } from './multivariate-log-gamma.ts';
export { softmax } from './softmax.ts';
export { trigamma } from './trigamma.ts';
