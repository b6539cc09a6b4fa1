/** What is told of an approximate posterior, and how it is made from weighted draws. */
export { approximate, believed, type Drawn, equalWeights, meanOf } from './approximate.ts';
export type { Approximation, DrawsTable, Nested, SiteSummaries, SiteSummary } from './report-types.ts';
export { type Columns, summarize } from './summarize.ts';
