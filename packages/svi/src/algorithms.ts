import type { AlgorithmTable } from '@mixtention/core/loop';
import { gradientMixture } from './gradient-mixture/gradient-mixture.ts';

/** The algorithms of this package by name: where a worker finds the one that a spec names. */
export const algorithms: AlgorithmTable = { 'svi/gradient-mixture': gradientMixture };
