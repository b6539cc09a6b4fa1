import type { Matrix } from '@mixtention/core';

/** A matrix read from a file, with the column names where the file has a header. */
export type FileMatrix = Matrix & {
  readonly columns?: readonly string[];
  /** What the column that `id` names holds, a text a row. */
  readonly ids?: readonly string[];
  /** What a reader of the file should know: sentences about what it may mean otherwise than it was read. */
  readonly notes?: readonly string[];
};
