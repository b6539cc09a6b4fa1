import type { Conditional, Tree } from '@mixtention/core';
import type { OfParts, Part, ProductPart } from './parts.ts';

/** A part's columns among some of the whole: their numbers in the part, and their places among the chosen ones. */
type Chosen = { readonly own: readonly number[]; readonly places: readonly number[] };

function chosenOf({ columns }: Part, chosen: readonly number[]): Chosen {
  const places = Array.from(chosen.keys()).filter((c) => columns.includes(chosen[c]!));
  return { own: places.map((c) => columns.indexOf(chosen[c]!)), places };
}

/** What chosen columns leave of each part, where they leave any; `take` gets the part and their numbers in it. */
export function ofChosen<P extends Part, T>(
  parts: readonly P[],
  columns: readonly number[],
  take: (part: P, own: readonly number[], places: readonly number[]) => T,
): readonly T[] {
  return parts.flatMap((part) => {
    const { own, places } = chosenOf(part, columns);
    return places.length === 0 ? [] : [take(part, own, places)];
  });
}

/** The parts that chosen columns leave, with their parameters. */
export function marginalParts(
  parts: readonly Part[],
  params: OfParts<Tree>,
  columns: readonly number[],
): { readonly parts: readonly ProductPart[]; readonly params: readonly Tree[] } {
  const left = ofChosen(parts, columns, (part, own, places) => {
    const marginal = part.family.marginal!(params[part.name], own);
    return { part: { family: marginal.family, columns: places }, params: marginal.params };
  });
  return { parts: left.map(({ part }) => part), params: left.map(({ params: own }) => own) };
}

/** Regressions within each part; columns of other parts say nothing once the component is known. `conditionalOf` tells that of a part. */
export function conditionalOfParts<P extends Part>(
  parts: readonly P[],
  seen: readonly number[],
  hidden: readonly number[],
  conditionalOf: (part: P, seen: readonly number[], hidden: readonly number[]) => Conditional,
): Conditional {
  const [S, H] = [seen.length, hidden.length];
  const all = parts.flatMap((part) => {
    const [from, to] = [chosenOf(part, seen), chosenOf(part, hidden)];
    if (to.places.length === 0) return [];
    return [{ from, to, own: conditionalOf(part, from.own, to.own) }];
  });
  const components = all[0]!.own.intercepts.length / all[0]!.to.own.length;
  const intercepts = new Float64Array(components * H);
  const isOne = all.every(
    ({ from, to, own }) => own.slopes === null || own.slopes.length === from.own.length * to.own.length,
  );
  const blocks = isOne ? 1 : components;
  const slopes = all.every(({ own }) => own.slopes === null) ? null : new Float64Array(blocks * H * S);
  for (const { from, to, own } of all) {
    const [s, h] = [from.places.length, to.places.length];
    own.intercepts.forEach((a, i) => {
      intercepts[Math.floor(i / h) * H + to.places[i % h]!] = a;
    });
    const given = own.slopes;
    if (given === null) continue;
    for (let i = 0; i < blocks * h * s; i++) {
      const [k, row, column] = [Math.floor(i / (h * s)), to.places[Math.floor(i / s) % h]!, from.places[i % s]!];
      slopes![(k * H + row) * S + column] = given[i % given.length]!;
    }
  }
  return { intercepts, slopes };
}
