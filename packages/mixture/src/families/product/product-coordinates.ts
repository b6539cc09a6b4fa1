import type { Coordinates, NamedArrays, Tree } from '@mixtention/core';
import type { ProductParams, ProductPrior } from './params.ts';
import { ofParts, type Part, sumsOfPart } from './parts.ts';

/** The coordinates of all parts side by side, each under the number of its part: `0.mean`. */
export function productCoordinates(parts: readonly Part[], width: number): Coordinates<ProductParams, ProductPrior> {
  return {
    from: (params) => joined(parts, ({ family, name }) => family.coordinates!.from(params.parts[name])),
    to: (coordinates, components) => ({
      width,
      parts: ofParts(parts, (part) => part.family.coordinates!.to(partOf(coordinates, part), components) as Tree),
    }),
    gradient: (coordinates, { counts, sums }, prior) =>
      joined(parts, (part) =>
        part.family.coordinates!.gradient(
          partOf(coordinates, part),
          { counts, sums: sumsOfPart(sums, part) },
          prior === null ? null : prior.parts[part.name],
        ),
      ),
    bound(coordinates, components, floor) {
      const degenerate = new Set<number>();
      const bounded = joined(parts, (part) => {
        const own = part.family.coordinates!.bound(partOf(coordinates, part), components, floor);
        for (const k of own.degenerate) degenerate.add(k);
        return own.coordinates;
      });
      return { coordinates: bounded, degenerate: [...degenerate].sort((a, b) => a - b) };
    },
  };
}

function joined(parts: readonly Part[], make: (part: Part) => NamedArrays): NamedArrays {
  const named = parts.flatMap((part) =>
    Object.entries(make(part)).map(([name, array]) => [`${part.name}.${name}`, array] as const),
  );
  return Object.fromEntries(named);
}

/** A part's own coordinates, by their own names. */
function partOf(coordinates: NamedArrays, { name }: Part): NamedArrays {
  const own = Object.entries(coordinates).filter(([key]) => key.startsWith(`${name}.`));
  return Object.fromEntries(own.map(([key, array]) => [key.slice(name.length + 1), array]));
}
