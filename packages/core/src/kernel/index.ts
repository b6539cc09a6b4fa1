/** The kernel as algorithms see it: its slow oracle, and what precision scores need. */

export { precise } from '../backends/precise.ts';
export { pivotsOf } from './pivots.ts';
export { reference } from './reference.ts';
export { MOST_FLOAT32_TERM, magnitudeOf, outgrowsFloat32, precisionOf, termSizes } from './term-sizes.ts';
