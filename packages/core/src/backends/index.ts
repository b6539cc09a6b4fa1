/** Backends over a tfjs module of one's own, and the scores that they compute as products. */

export { eachPair, firstSquare, productScores, productsWidth } from './product-scores.ts';
export type { Tf } from './tf.ts';
export { tfjsBackend } from './tfjs.ts';
