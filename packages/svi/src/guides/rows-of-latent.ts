import { rows, type Value } from '../graph/index.ts';
import type { Latent } from '../model/index.ts';

/** Of numbers for all rows of a plate, those of the rows that are there. */
export const rowsOfLatent = (x: Value, { subset }: Latent): Value => (subset === null ? x : rows(x, subset.index));
