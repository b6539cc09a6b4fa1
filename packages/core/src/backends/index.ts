/** Backends over a tfjs module of one's own, and the fused one that suits a problem. */

export { fusedFor } from './choose.ts';
export type { Tf } from './tf.ts';
export { tfjsBackend } from './tfjs.ts';
