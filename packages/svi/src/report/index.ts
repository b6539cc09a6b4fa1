/** What is told of an approximate posterior, and how it is made from weighted draws. */
export { approximate, believed, DOUBTFUL, equalWeights, isNearlyEqual, meanOf, USABLE } from './approximate.ts';
export type { Approximation, DrawsTable, Nested, SiteSummaries, SiteSummary } from './report-types.ts';
export { summarize } from './summarize.ts';
