import type { Around } from '../guides/index.ts';
import { type Model, nonCentred } from '../model/index.ts';

/** A model in the coordinates that a normal of its free numbers is of, and that normal; where it tells none, they are those of the model. */
export function inCoordinates<Data>(
  model: Model<Data>,
  around: Around,
): { readonly model: Model<Data>; readonly around: Around } {
  const { nonCentred: sites = [] } = around;
  if (sites.length > 0) return { model: nonCentred(model, sites), around };
  return { model, around: { ...around, nonCentred: [...(model.nonCentred ?? [])] } };
}
