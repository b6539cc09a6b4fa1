/** Backends over a tfjs module of one's own, the scores that they compute as products, and which backend suits a problem. */

export { fusedFor } from './choose.ts';
export { eachPair, firstSquare, productScores, productsWidth } from './product-scores.ts';
export type { Tf } from './tf.ts';
export { tfjsBackend } from './tfjs.ts';
