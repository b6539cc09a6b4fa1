import type { Precision } from '@mixtention/core';
import type { Machine } from '../speed/machine.ts';
import type { LimitName, Limits } from './limits.ts';

/** A backend at one shape, on one thread. */
export type KernelTime = {
  readonly name: string;
  readonly precision: Precision;
  readonly ms: number;
  /** The least time of the nearest limit over this one; null where limits are not known. */
  readonly share: number | null;
  readonly limit: LimitName | null;
};

export type ShapeResult = {
  readonly name: string;
  readonly limits: Readonly<Record<Precision, Limits>> | null;
  readonly backends: readonly KernelTime[];
};

/** What `npm run bench:kernel` keeps in `results/kernel.json`. */
export type KernelResults = {
  readonly machine: Machine;
  readonly rounds: number;
  readonly shapes: readonly ShapeResult[];
};
