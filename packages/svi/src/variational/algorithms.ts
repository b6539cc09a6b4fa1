import type { AlgorithmTable } from '@mixtention/core/loop';
import { variational } from './variational.ts';

/** The algorithms of this entry by name: where a worker finds the one that a spec names. */
export const algorithms: AlgorithmTable = { 'svi/variational': variational };
