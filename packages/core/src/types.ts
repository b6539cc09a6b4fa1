/**
 * The contracts that every package lives by.
 *
 * Shape letters, used in every docstring without redefinition:
 * N rows (data points, queries) · D data width · P statistic width · K components (keys) · V value width · B rows in a tile.
 */
export type * from './contracts/algorithm.ts';
export type * from './contracts/data.ts';
export type * from './contracts/family.ts';
export type * from './contracts/kernel.ts';
