/**
 * The contracts that every package lives by.
 *
 * Shape letters, used in every docstring without redefinition:
 * N rows (data points, queries) · D data width · P statistic width · K components (keys) · V value width · B rows in a tile.
 */
export type * from './algorithm.ts';
export type * from './backend.ts';
export type * from './backward.ts';
export type * from './data.ts';
export type * from './dataset.ts';
export type * from './executor.ts';
export type * from './family.ts';
export type * from './mixture.ts';
export type * from './position-bias.ts';
export type * from './precision.ts';
export type * from './run.ts';
export type * from './scores.ts';
export type * from './shard.ts';
export type * from './source.ts';
export type * from './spec.ts';
export type * from './tree-shape.ts';
export type * from './weights.ts';
