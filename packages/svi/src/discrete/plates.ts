import { sameShape, type Value } from '../graph/index.ts';
import type { Latent, Site } from '../model/index.ts';
import { batchOf } from './draws.ts';

/** How many of the last axes, of a site's terms and of a latent's batch, are plates that they share: there a term depends on its own member of the latent alone. */
export function sharedAxes({ terms, plates }: Pick<Site, 'terms' | 'plates'>, latent: Latent): number {
  let shared = 0;
  while (shared < plates.length && plates[shared] === latent.plates[shared]) shared++;
  const batch = batchOf(latent);
  const tail = (shape: readonly number[]): readonly number[] => (shared === 0 ? [] : shape.slice(-shared));
  const isThere = terms.shape.length >= shared && batch.length >= shared;
  return isThere && sameShape(tail(terms.shape), tail(batch)) ? shared : 0;
}

/** The axes in front of the last ones. */
export const axesBefore = ({ shape }: Value, last: number): number[] =>
  Array.from({ length: shape.length - last }, (_, axis) => axis);
