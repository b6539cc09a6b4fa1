/** Backends over a tfjs module of one's own, the scores that they compute as products, and how fast they are. */

export { eachPair, firstSquare, productScores, productsWidth } from './product-scores.ts';
export type { Tf } from './tf.ts';
export { tfjsBackend } from './tfjs.ts';
export { TIMES_PLAIN, timesPlain } from './times-plain.ts';
