/** What is told of an approximate posterior, and how it is made from weighted draws. */
export {
  approximate,
  believed,
  coordinatesIn,
  equalWeights,
  heavyIn,
  isNearlyEqual,
  meanOf,
} from './approximate.ts';
export { deviationsOf, heavySquares } from './heavy-squares.ts';
export type { Approximation, DrawsTable, Nested, SiteSummaries, SiteSummary } from './report-types.ts';
export { summarize } from './summarize.ts';
export { DOUBTFUL, USABLE } from './thresholds.ts';
