/** First centres, chosen from a sample of rows, and the first mixture around them. */

export type { Start, StartMethod } from '../fit/types.ts';
export { type KMeansCenters, kMeansCenters } from './k-means.ts';
export { kMeansPlusPlus } from './k-means-plus-plus.ts';
export { randomRows } from './random-rows.ts';
export { initialCenters, startMixture } from './start-mixture.ts';
