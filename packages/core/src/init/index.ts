/** First centres, chosen from a sample of rows. */
export { type KMeansCenters, kMeans } from './k-means.ts';
export { kMeansPlusPlus } from './k-means-plus-plus.ts';
export { randomRows } from './random-rows.ts';
