import type { Dataset } from '@mixtention/core';
import { counted, countedWas, fail } from '@mixtention/core/base';
import { reweigh } from '@mixtention/core/data';
import { generator, key, permutation, split } from '@mixtention/core/numeric';
import { WHERE } from './check-select.ts';
import type { HeldOut } from './types.ts';

/** The same rows twice, each row of weight 0 in one of them. */
export type Part = { readonly train: Dataset; readonly test: Dataset };

/**
 * Parts that rows are kept from fits by: each row is held out by one fold, or by the one part of a split.
 *
 * The rows lie in memory once: what is held out weighs nothing where a fit looks. They are drawn by the seed alone, so all fits have the same parts.
 *
 * @param most  components of a fit: no part may leave it fewer rows
 * @throws BAD_OPTION where a part would have no rows, or leave too few
 *
 * Cost: two passes over the rows for each part.
 */
export function partsOf(
  data: Dataset,
  heldOut: HeldOut,
  { seed, most }: { readonly seed: number; readonly most: number },
): Part[] {
  const weights = data.sides.weights ?? new Float64Array(data.rows).fill(1);
  const owned = Int32Array.from(weights.keys()).filter((n) => weights[n]! > 0);
  const order = permutation(generator(split(key(seed), 'held-out')), owned.length);
  const cuts = cutsOf(heldOut, owned.length);
  const left = owned.length - Math.max(...cuts.map(([from, to]) => to - from));
  if (most > left && most <= owned.length)
    fail(
      WHERE,
      'BAD_OPTION',
      `${countedWas(most, 'component')} asked of ${counted(left, 'row')}, which heldOut leaves of ${owned.length}; ask for ${left} at most, or hold out fewer`,
    );
  return cuts.map(([from, to]) => {
    const test = new Float64Array(data.rows);
    for (const i of order.subarray(from, to)) test[owned[i]!] = weights[owned[i]!]!;
    const train = weights.map((w, n) => (test[n]! > 0 ? 0 : w));
    return { train: reweigh(data, train, WHERE), test: reweigh(data, test, WHERE) };
  });
}

/** Places in the random order, from and to. */
function cutsOf(heldOut: HeldOut, rows: number): [number, number][] {
  if ('share' in heldOut) {
    const kept = Math.round(heldOut.share * rows);
    if (kept > 0 && kept < rows) return [[0, kept]];
    return fail(
      WHERE,
      'BAD_OPTION',
      `heldOut.share is ${heldOut.share}: of ${counted(rows, 'row')} it holds out ${kept}`,
    );
  }
  const { folds } = heldOut;
  if (folds > rows) fail(WHERE, 'BAD_OPTION', `heldOut.folds is ${folds}, ${rows} at most were due, one for each row`);
  return Array.from({ length: folds }, (_, f) => [
    Math.floor((f * rows) / folds),
    Math.floor(((f + 1) * rows) / folds),
  ]);
}
