import type { ConjugatePrior, Transform, Tree } from '@mixtention/core';
import { numbered } from '@mixtention/core/base';
import { addParts, joinScores } from './join.ts';
import type { ProductParams, ProductPosterior, ProductPrior } from './params.ts';
import { type ConjugatePart, ofParts, sumsOfPart, transformOfPart } from './parts.ts';
import { conditionalOfParts, ofChosen } from './product-marginal.ts';

type Conjugate = ConjugatePrior<ProductParams, ProductPrior, ProductPosterior>;

/**
 * The prior of a product: parts are independent a priori, so they are a posteriori given the responsibilities.
 *
 *     p(θ) = Π_p p_p(θ_p)      divergence, evidence and log density are sums over parts
 */
export function productPrior(parts: readonly ConjugatePart[], width: number): Conjugate {
  return {
    weak: (_, mean) => ({
      parts: ofParts(parts, (part) => part.family.prior.weak(part.columns.length, sumsOfPart(mean, part)) as Tree),
    }),
    describe: (prior) =>
      parts
        .map(({ family, name, columns }) => `${family.prior.describe(prior.parts[name])} (${columnsInWords(columns)})`)
        .join(', '),

    posterior: (prior, counts, sums) => ({
      parts: ofParts(
        parts,
        (part) => part.family.prior.posterior(prior.parts[part.name], counts, sumsOfPart(sums, part)) as Tree,
      ),
    }),
    mode: (posterior) => ({
      width,
      parts: ofParts(parts, ({ family, name }) => family.prior.mode(posterior.parts[name]) as Tree),
    }),
    mean: (posterior) => ({
      width,
      parts: ofParts(parts, ({ family, name }) => family.prior.mean(posterior.parts[name]) as Tree),
    }),
    logDensity: (prior, params) =>
      parts.reduce((sum, { family, name }) => sum + family.prior.logDensity(prior.parts[name], params.parts[name]), 0),
    expectedScores: (posterior, expectedLogWeights) =>
      joinScores(parts, expectedLogWeights, ({ family, name }, own) =>
        family.prior.expectedScores(posterior.parts[name], own),
      ),
    ...(parts.every(({ family }) => family.prior.predictive !== undefined) && {
      predictive: (posterior: ProductPosterior, logWeights: Float64Array) =>
        joinScores(parts, logWeights, ({ family, name }, own) => family.prior.predictive!(posterior.parts[name], own)),
    }),
    ...(parts.every(({ family }) => family.prior.marginal !== undefined) && {
      marginal: (posterior: ProductPosterior, columns: readonly number[]) => ({
        parts: Object.fromEntries(
          ofChosen(parts, columns, ({ family, name }, own) =>
            family.prior.marginal!(posterior.parts[name], own),
          ).entries(),
        ),
      }),
    }),
    ...(parts.every(({ family }) => family.prior.conditional !== undefined) && {
      conditional: (posterior: ProductPosterior, seen: readonly number[], hidden: readonly number[]) =>
        conditionalOfParts(parts, seen, hidden, ({ family, name }, from, to) =>
          family.prior.conditional!(posterior.parts[name], from, to),
        ),
    }),
    divergence: (posterior, prior) =>
      addParts(parts.map(({ family, name }) => family.prior.divergence(posterior.parts[name], prior.parts[name]))),
    evidence: (posterior, prior) =>
      addParts(parts.map(({ family, name }) => family.prior.evidence(posterior.parts[name], prior.parts[name]))),
    sample: (posterior, random) => ({
      width,
      parts: ofParts(parts, ({ family, name }) => family.prior.sample(posterior.parts[name], random) as Tree),
    }),

    select: (posterior, order) => ({
      parts: ofParts(parts, ({ family, name }) => family.prior.select(posterior.parts[name], order) as Tree),
    }),
    shape: () => ({ parts: ofParts(parts, ({ family, columns }) => family.prior.shape(columns.length)) }),
    posteriorShape: (components) => ({
      parts: ofParts(parts, ({ family, columns }) => family.prior.posteriorShape(components, columns.length)),
    }),
    findWrong(prior, data) {
      for (const part of parts) {
        const { prior: own } = part.family;
        const wrong = own.findWrong?.(prior.parts[part.name], transformOfPart(data, part)) ?? null;
        if (wrong !== null) return `parts.${part.name}.${wrong}`;
      }
      return null;
    },
    unscale: mapped(parts, 'unscale'),
    rescale: mapped(parts, 'rescale'),
    unscalePosterior: mapped(parts, 'unscalePosterior'),
    rescalePosterior: mapped(parts, 'rescalePosterior'),
  };
}

type Way = 'unscale' | 'rescale' | 'unscalePosterior' | 'rescalePosterior';

/** A prior or posterior in other units; parts without units stay as they are. */
function mapped(parts: readonly ConjugatePart[], way: Way): (of: ProductPrior, transform: Transform) => ProductPrior {
  return (of, transform) => ({
    parts: ofParts(parts, (part) => {
      const own = of.parts[part.name]!;
      return (part.family.prior[way]?.(own, transformOfPart(transform, part)) ?? own) as Tree;
    }),
  });
}

function columnsInWords(columns: readonly number[]): string {
  const isRun = columns.length > 2 && columns.every((d, c) => c === 0 || d === columns[c - 1]! + 1);
  if (isRun) return `columns ${columns[0]} to ${columns.at(-1)}`;
  return numbered(columns, 'column');
}
