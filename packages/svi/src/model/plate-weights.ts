import { counted, fail } from '@mixtention/core/base';
import { copyWeights } from '@mixtention/core/data';
import { constant, mul, reshape, rows, showShape, type Value } from '../graph/index.ts';

/** A plate with how often its members count, of those that are there; null where each does once. */
export type WeightedPlate = { readonly name: string; readonly taken: number; readonly weights: Value | null };

/**
 * How often the members of a plate count, of those that are there in a step.
 *
 * @throws BAD_SHAPE for another number of weights than of members, BAD_DATA for such as are negative or no number
 */
export function weightsOf(
  where: string,
  { name, size, index }: { readonly name: string; readonly size: number; readonly index: Value | null },
  given: ArrayLike<number>,
): Value {
  if (given?.length !== size)
    fail(
      where,
      'BAD_SHAPE',
      `plate "${name}" of ${size} was given ${counted(given?.length ?? 0, 'weight')}, one a member was due`,
    );
  const weights = new Float64Array(size);
  copyWeights(given, weights, (member, came) =>
    fail(
      where,
      'BAD_DATA',
      `plate "${name}": the weight of member ${member} (counted from 0) is ${came}, a finite number ≥ 0 was due`,
    ),
  );
  const all = constant(weights, [size]);
  return index === null ? all : rows(all, index);
}

/** Weights of the members that several plates tell apart, to be multiplied by terms; the outermost plate is the last axis. Null where each counts once. */
export function jointWeights(plates: readonly WeightedPlate[]): Value | null {
  return plates.reduce<Value | null>((product, { taken, weights }, inner) => {
    if (weights === null) return product;
    const own = inner === 0 ? weights : reshape(weights, [taken, ...new Array<number>(inner).fill(1)]);
    return product === null ? own : mul(product, own);
  }, null);
}

/** Terms as often as their members count. */
export function weigh(where: string, site: string, terms: Value, plates: readonly WeightedPlate[]): Value {
  const weights = jointWeights(plates);
  if (weights === null) return terms;
  for (const [inner, { name, taken, weights: own }] of plates.entries())
    if (own !== null && terms.shape.at(-1 - inner) !== taken)
      fail(
        where,
        'BAD_MODEL',
        `site "${site}" has for its terms ${showShape(terms.shape)}, and not one for each of the ${taken} members of plate "${name}": there is nothing to weigh`,
      );
  return mul(terms, weights);
}
