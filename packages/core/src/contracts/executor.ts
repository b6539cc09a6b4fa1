import type { AnyAlgorithm, Ask, Collected } from './algorithm.ts';
import type { Dataset } from './dataset.ts';
import type { BackendName, Precision } from './precision.ts';

export type PassOptions = {
  /** `float64`: the pass is made on plain, over the same rows. By default that of the backend; what is asked for comes first. */
  readonly precision?: Precision | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Maps an algorithm over the rows that are asked for, and adds in their order, in float64. */
export interface Executor {
  readonly backend: BackendName;
  /** Of the backend: what passes are made in, unless more is asked for. */
  readonly precision: Precision;
  readonly workers: number;
  collect(algorithm: AnyAlgorithm, ask: Ask, dataset: Dataset, options?: PassOptions): Promise<Collected>;
  /** May be called any number of times; resolves when nothing is left running. */
  close(): Promise<void>;
}
