/** Variational inference over the rows of a data set, on the executors of all fits. */
import type { AlgorithmTable } from '@mixtention/core/loop';
import { rowsSvi } from './rows-svi.ts';

export { type ModelObject, modelModule } from './model-object.ts';
export type { RowsOptions } from './rows-svi.ts';
export type { RowsData } from './split-trace.ts';
export { type RowsCheckpoint, type SviOnRowsOptions, sviOnRows } from './svi-on-rows.ts';

/** The algorithms of this entry by name: where a worker finds the one that a spec names. */
export const algorithms: AlgorithmTable = { 'svi/rows': rowsSvi };
