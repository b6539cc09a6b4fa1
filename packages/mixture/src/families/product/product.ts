import type { Family, Matrix, Tree } from '@mixtention/core';
import { counted, fail, specOf, takeColumns } from '@mixtention/core/base';
import { familySpec } from '../family-spec.ts';
import { scoresToRead } from '../scores-to-read.ts';
import { describedPart, joinColumns, joinColumnsOf, joinDescriptions, joinScores, placed } from './join.ts';
import type { ProductParams, ProductPosterior, ProductPrior } from './params.ts';
import {
  checkParts,
  conjugateParts,
  ofParts,
  type Part,
  type ProductPart,
  sumsOfPart,
  transformOfPart,
} from './parts.ts';
import { productCoordinates } from './product-coordinates.ts';
import { conditionalOfParts, marginalParts } from './product-marginal.ts';
import { productPrior } from './product-prior.ts';

export type Product = Family<ProductParams, ProductPrior, ProductPosterior>;

/**
 * Families side by side, each on columns of its own: numbers beside yes or no, a correlated block beside independent columns.
 *
 *     p(x | k) = Π_p p_p(x_{C_p} | k)
 *
 * Given the component the parts are independent; it is the component that ties them together. Scores are the sum of the terms of all parts.
 * In descriptions covariances are blocks, and 0 for the columns of parts that have none. A floor is that of every part.
 *
 * It has a prior, marginals, conditionals or coordinates where all parts have them. Components that own nothing, or fall to the floor in one part, are degenerate in all.
 *
 * @param given  families, and the columns of each; all of them together are 0 … D − 1, each once
 * @throws BAD_OPTION for parts that are none, and columns that are missing or come twice
 *
 * Cost: that of its parts.
 * Source: `README.md` beside this file.
 *
 * @example
 * const family = product([
 *   { family: gaussianFull, columns: [0, 1] },
 *   { family: bernoulli, columns: [2, 3, 4] },
 * ]);
 * family.freeParameters(2, 5); // 16: for each component 5 of the Gaussian and 3 probabilities
 */
export function product(given: readonly ProductPart[]): Product {
  const { parts, width } = checkParts(given);
  const conjugate = conjugateParts(parts);
  const config = { parts: parts.map(({ family, columns }) => ({ family, columns })) };
  return {
    spec: familySpec('product', specOf(config)),
    columns: (cols) => joinColumns(parts, checked(cols, width)),
    terms(cols) {
      checked(cols, width);
      return parts.flatMap((part) => part.family.terms(part.columns.length).map((stand) => placed(stand, part)));
    },

    checkSupport(x, { first = 0, columns } = {}) {
      for (const part of parts) {
        const own = part.columns.map((d) => columns?.[d] ?? d);
        part.family.checkSupport(takeColumns(x, part.columns), { first, columns: own });
      }
    },

    scores: (params, logWeights) =>
      joinScores(parts, logWeights, ({ family, name }, own) => family.scores(params.parts[name], own)),

    distanceScores: (params, logWeights) =>
      joinScores(parts, logWeights, ({ family, name }, own) => scoresToRead(family, params.parts[name]!, own, true)),

    startAt: (centers, mean) => ({
      width,
      parts: ofParts(
        parts,
        (part) => part.family.startAt(takeColumns(centers, part.columns), sumsOfPart(mean, part)) as Tree,
      ),
    }),

    estimate(counts, sums, previous, floor) {
      const degenerate = new Set<number>();
      const estimated = ofParts(parts, (part) => {
        const own = part.family.estimate(counts, sumsOfPart(sums, part), previous.parts[part.name], floor);
        for (const k of own.degenerate) degenerate.add(k);
        return own.params as Tree;
      });
      return { params: { width, parts: estimated }, degenerate: [...degenerate].sort((a, b) => a - b) };
    },

    ...(conjugate !== null && { prior: productPrior(conjugate, width) }),
    ...(parts.every(({ family }) => family.marginal !== undefined) && {
      marginal(params: ProductParams, columns: readonly number[]) {
        const left = marginalParts(parts, params.parts, columns);
        const family = product(left.parts);
        return { family, params: { width: columns.length, parts: Object.fromEntries(left.params.entries()) } };
      },
    }),
    ...(parts.every(({ family }) => family.conditional !== undefined) && {
      conditional: (params: ProductParams, seen: readonly number[], hidden: readonly number[]) =>
        conditionalOfParts(parts, seen, hidden, ({ family, name }, from, to) =>
          family.conditional!(params.parts[name], from, to),
        ),
    }),
    ...(parts.every(({ family }) => family.coordinates !== undefined) && {
      coordinates: productCoordinates(parts, width),
    }),
    ...(conjugate?.some(({ family }) => family.defaultPrior === 'weak') && { defaultPrior: 'weak' }),
    ...(parts.some(({ family }) => family.embed !== undefined) && { embed: (x) => embedParts(parts, x) }),

    sample({ parts: params }, k, random) {
      const rowOf = ({ family, name, columns }: Part): Matrix => ({
        data: family.sample(params[name], k, random),
        rows: 1,
        cols: columns.length,
      });
      return joinColumnsOf(parts, width, rowOf).data;
    },
    freeParameters: (components) =>
      parts.reduce((sum, { family, columns }) => sum + family.freeParameters(components, columns.length), 0),
    unscale: (params, transform) => ({
      width,
      parts: ofParts(
        parts,
        (part) => part.family.unscale(params.parts[part.name], transformOfPart(transform, part)) as Tree,
      ),
    }),
    rescale: (params, transform) => ({
      width,
      parts: ofParts(
        parts,
        (part) => part.family.rescale(params.parts[part.name], transformOfPart(transform, part)) as Tree,
      ),
    }),
    describe: (params) => joinDescriptions(parts, width, ({ family, name }) => family.describe(params.parts[name])),
    fromDescription: (description) => ({
      width: checked(description.means.cols, width),
      parts: ofParts(parts, (part) => part.family.fromDescription(describedPart(description, part)) as Tree),
    }),
    select: (params, order) => ({
      width,
      parts: ofParts(parts, ({ family, name }) => family.select(params.parts[name], order) as Tree),
    }),
    shape: (components) => ({
      width,
      parts: ofParts(parts, ({ family, columns }) => family.shape(components, columns.length)),
    }),
  };
}

function checked(came: number, width: number): number {
  if (came !== width)
    fail('mixture/product', 'BAD_SHAPE', `the parts have ${counted(width, 'column')} together, the data have ${came}`);
  return width;
}

/** What each part makes of its columns, side by side. */
function embedParts(parts: readonly Part[], x: Matrix): Matrix {
  const all = parts.map(({ family, columns }) => {
    const own = takeColumns(x, columns);
    return family.embed?.(own) ?? own;
  });
  const cols = all.reduce((sum, own) => sum + own.cols, 0);
  const data = new Float64Array(x.rows * cols);
  let at = 0;
  for (const own of all) {
    for (let n = 0; n < x.rows; n++) data.set(own.data.subarray(n * own.cols, (n + 1) * own.cols), n * cols + at);
    at += own.cols;
  }
  return { data, rows: x.rows, cols };
}
