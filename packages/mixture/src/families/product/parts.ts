import type { ConjugateFamily, Family, Transform } from '@mixtention/core';
import { fail, isSpec, show } from '@mixtention/core/base';

/** A family, and the columns that it is for, in its own order. */
export type ProductPart = { readonly family: Family; readonly columns: readonly number[] };

/** What belongs to each part, by its number as a name. */
export type OfParts<T> = { readonly [part: string]: T };

/** Parts as they are used: each knows which of all terms are its own. */
export type Part = ProductPart & { readonly name: string; readonly firstTerm: number; readonly terms: number };

/** A part whose family has a prior. */
export type ConjugatePart = Part & { readonly family: ConjugateFamily };

const WHERE = 'mixture/product';

/**
 * Parts, checked: families, and columns that are 0 … D − 1 when they are put together.
 *
 * @throws BAD_OPTION
 */
export function checkParts(given: readonly ProductPart[]): { readonly parts: readonly Part[]; readonly width: number } {
  if (!Array.isArray(given) || given.length === 0)
    fail(WHERE, 'BAD_OPTION', `parts are ${show(given)}; a list of { family, columns } was due`);
  const width = given.reduce((sum, part) => sum + (part?.columns?.length ?? 0), 0);
  const owner = new Map<number, number>();
  let firstTerm = 0;
  const parts = given.map((part: ProductPart, p): Part => {
    const { family, columns } = checkPart(part, p);
    for (const d of columns) {
      const due = `whole numbers from 0 to ${width - 1}, each once in all parts, were due`;
      if (!Number.isInteger(d) || d < 0 || d >= width)
        fail(WHERE, 'BAD_OPTION', `part ${p} has column ${show(d)}; ${due}`);
      if (owner.has(d)) fail(WHERE, 'BAD_OPTION', `parts ${owner.get(d)} and ${p} have column ${d}; ${due}`);
      owner.set(d, p);
    }
    const terms = family.terms(columns.length).length;
    firstTerm += terms;
    return { family, columns, name: String(p), firstTerm: firstTerm - terms, terms };
  });
  return { parts, width };
}

function checkPart({ family, columns }: ProductPart, p: number): ProductPart {
  if (!isSpec(family?.spec) || family.spec.kind !== 'family')
    fail(WHERE, 'BAD_OPTION', `the family of part ${p} is ${show(family)}, a family was due`);
  if (!Array.isArray(columns) || columns.length === 0)
    fail(WHERE, 'BAD_OPTION', `the columns of part ${p} are ${show(columns)}, a list of their numbers was due`);
  return { family, columns: [...columns] };
}

/** The parts, where all of them have a prior; else null. */
export function conjugateParts(parts: readonly Part[]): readonly ConjugatePart[] | null {
  return parts.every(isConjugate) ? parts : null;
}

function isConjugate(part: Part): part is ConjugatePart {
  return part.family.prior !== undefined;
}

/** What is made for each part. */
export function ofParts<T, P extends Part>(parts: readonly P[], make: (part: P) => T): OfParts<T> {
  return Object.fromEntries(parts.map((part) => [part.name, make(part)]));
}

/** The sums of a part, one array a term. */
export function sumsOfPart(sums: readonly Float64Array[], { firstTerm, terms }: Part): readonly Float64Array[] {
  return sums.slice(firstTerm, firstTerm + terms);
}

/** The map of a part's columns. */
export function transformOfPart({ center, scale }: Transform, { columns }: Part): Transform {
  const take = (values: Float64Array): Float64Array => Float64Array.from(columns, (d) => values[d]!);
  return { center: take(center), scale: take(scale) };
}
