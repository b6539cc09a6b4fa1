import { type ConjugateFamily, type Matrix, plain, type Tree, type Written } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { applyTransform, columnTransform, meanStatistics, openRows, scalingsOf } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { dirichlet, faithful } from '@mixtention/mixture';

/** Old Faithful, columns divided by their sample deviations. */
export function standardized(): Matrix & { readonly data: Float64Array } {
  const { center, scale } = columnTransform(faithful(), null);
  return applyTransform(faithful(), { center, scale: scale.map((s) => s * Math.sqrt(272 / 271)) });
}

/** m = 0, β = 1, W = I, ν = 2, α = 1: of what the reference tells bounds. */
export const reference: {
  readonly concentration: number;
  readonly family: { readonly [name: string]: number | Float64Array };
} = {
  concentration: 1,
  family: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) },
};

/** Two groups of rows, six deviations apart; binary ones by their signs. */
export function twoGroups(rows: number, isBinary: boolean): Matrix & { readonly data: Float64Array } {
  const random = generator(key(17));
  const cols = isBinary ? 6 : 2;
  const data = Float64Array.from({ length: rows * cols }, (_, i) => {
    const isFirst = Math.floor(i / cols) % 3 === 0;
    if (isBinary) return random.uniform() < (isFirst === i % cols < 3 ? 0.9 : 0.1) ? 1 : 0;
    return (isFirst ? 3 : -3) * (i % 2 === 0 ? 1 : 0.5) + random.normal();
  });
  return { data, rows, cols };
}

/** The bound of free-form variational Bayes in the user's units, by coordinate ascent from labels: the first component has every third row. */
export function freeForm(family: ConjugateFamily, x: Matrix, components: number, own: Tree): number {
  const transform = columnTransform(x, null, scalingsOf(family, x.cols));
  const rows = applyTransform(x, transform);
  const prior = (family.prior.rescale?.(own, transform) ?? own) as Tree;
  const taken = openRows(rows, plain);
  let statistics: Pick<Written, 'counts' | 'sums'> = taken.accumulate(
    { stands: family.terms(rows.cols), components },
    (start, count, out) => {
      for (let n = 0; n < count; n++) out[n * components + (components === 1 || (start + n) % 3 === 0 ? 0 : 1)] = 1;
    },
  );
  const weights = dirichlet(1);
  let bound = Number.NaN;
  for (let step = 0; step < 100; step++) {
    const posterior = family.prior.posterior(prior, statistics.counts, statistics.sums);
    const alphas = weights.posterior(statistics.counts);
    const written = taken.write(family.prior.expectedScores(posterior, weights.expectedLogWeights(alphas)));
    bound = written.logEvidence - weights.divergence(alphas) - totalOf(family.prior.divergence(posterior, prior));
    statistics = written;
  }
  return bound - rows.rows * transform.scale.reduce((total, s) => total + Math.log(s), 0);
}

/** A family's weak prior of these rows, in the user's units. */
export function weakPrior(family: ConjugateFamily, x: Matrix): Tree {
  const transform = columnTransform(x, null, scalingsOf(family, x.cols));
  const rows = applyTransform(x, transform);
  const own = family.prior.weak(x.cols, meanStatistics(family.terms(x.cols), rows));
  return (family.prior.unscale?.(own, transform) ?? own) as Tree;
}
