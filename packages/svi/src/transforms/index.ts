/** Maps between free numbers and the supports of distributions, with their Jacobians. */

export { supportTransform } from './support-transform.ts';
export type { Transform } from './transform.ts';
