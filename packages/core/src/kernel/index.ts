/** The kernel as algorithms see it: its slow oracle, statistics and their sums, and what precision scores need. */

export { type Centered, centerOuter } from './center-outer.ts';
export { factorRows, isPerColumn, isShared } from './check.ts';
export { expectedScore } from './expected-score.ts';
export { pivotsOf } from './pivots.ts';
export { compensatedSum, normalizeRows, reference, referencePositions, referenceSums } from './reference.ts';
export {
  componentSums,
  identity,
  logBaseOf,
  standColumns,
  standStatistics,
  standWidth,
  sumsLength,
  triangleSize,
  workWidth,
} from './statistics.ts';
export { MOST_FLOAT32_TERM, magnitudeOf, outgrowsFloat32, precisionOf, termSizes } from './term-sizes.ts';
