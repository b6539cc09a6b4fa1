import type { Matrix } from '@mixtention/core';

/** A matrix read from a file, with the column names where the file has a header. */
export type FileMatrix = Matrix & { readonly columns?: readonly string[] };
