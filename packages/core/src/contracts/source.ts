import type { Cells, CellType } from './dataset.ts';
import type { Specified } from './spec.ts';

/**
 * Rows that lie outside of memory, in the user's units and their own type: whoever has the spec reads them where they are used. The same spec names
 * the same rows, in every thread; where they have changed, reading throws.
 */
export interface Source extends Specified {
  readonly rows: number;
  readonly cols: number;
  readonly type: CellType;
  /** Names of the columns `[D]`, where somebody knows them. */
  readonly columns?: readonly string[] | undefined;
  /** Rows `first … first + count` into `into` `[count, D]`, whose type is that of the source. */
  read(first: number, count: number, into: Cells): void;
  /** The same meanwhile, while this thread works on others. */
  readAhead(first: number, count: number, into: Cells): Promise<void>;
}
