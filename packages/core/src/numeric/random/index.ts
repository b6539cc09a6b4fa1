/** Random draws: plain keys that split by purpose and index, one stream a key, and what is drawn from a stream. */

export { generator } from './generator.ts';
export { key } from './key.ts';
export { permutation } from './permutation.ts';
export { sampleCategorical } from './sample-categorical.ts';
export { sampleDirichlet } from './sample-dirichlet.ts';
export { sampleGamma } from './sample-gamma.ts';
export { sampleGumbel } from './sample-gumbel.ts';
export { sampleLogGamma } from './sample-log-gamma.ts';
export { sampleWishart } from './sample-wishart.ts';
export { sampleWishartFactor } from './sample-wishart-factor.ts';
export { sampleWithoutReplacement } from './sample-without-replacement.ts';
export { split } from './split.ts';
