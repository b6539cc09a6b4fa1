import type { Family, Key, Matrix, Mixture, RandomSource, Sample, Scaling } from '@mixtention/core';
import { fail, memoize } from '@mixtention/core/base';
import { meanStatistics, robustColumns, scalingsOf } from '@mixtention/core/data';
import { generator, split } from '@mixtention/core/numeric';
import type { MixtureConfig } from '../fit/types.ts';
import { kMeansCenters } from './k-means.ts';
import { kMeansPlusPlus } from './k-means-plus-plus.ts';
import { randomRows } from './random-rows.ts';

/**
 * The first mixture of a fit: what `init` of every algorithm of mixtures begins with.
 *
 * A method chooses K centres among the rows of the sample, heavier ones sooner; every component gets the spread of the whole sample and equal
 * weight. Of columns that have a scale, cells far from all others count as near ones, so that no single row sets the spread. A centre that repeats an earlier one (fewer distinct rows than
 * components) gets weight 0: it stays empty and is reported, never invented.
 *
 * @param key     the start's own key
 * @param sample  `[B, D]` in the space of the fit, with weights where rows have some
 * @returns log weights `[K]` and parameters
 * @throws BAD_OPTION when the config says that the start is given
 *
 * @example
 * const { logWeights } = startMixture({ family: bernoulli, components: 2, start: 'random' }, key(0), matrix([[1, 1], [1, 0], [0, 0]]));
 * logWeights.map(Math.exp); // [0.5, 0.5]
 */
export function startMixture(
  { family, ...config }: Pick<MixtureConfig, 'family' | 'components' | 'start'>,
  key: Key,
  sample: Sample,
): Mixture {
  const centers = initialCenters(config, sample, generator(split(key, 'start')), family.embed?.(sample));
  return { logWeights: equalWeights(centers), params: family.startAt(centers, statisticsOf(family)(sample)) };
}

/** Mean statistics of a sample without far cells: all starts that look at the same rows have the same. */
const statisticsOf = memoize((family: Family) =>
  memoize((sample: Sample): Float64Array[] => {
    const near = withoutFarCells(sample, scalingsOf(family, sample.cols));
    return meanStatistics(family.terms(near.cols), near);
  }),
);

/** In robust deviations from the median: a normal cell lies that far off once in 10^15. */
const FAR = 8;

/** The sample with cells far from the middle of their column, if it has a scale, moved to where far begins. */
function withoutFarCells(sample: Sample, ways: readonly Scaling[]): Sample {
  if (ways.every((way) => way === 'none')) return sample;
  const { center, scale } = robustColumns(sample, sample.weights ?? null);
  const reach = scale.map((s, d) => (ways[d] === 'none' ? Number.POSITIVE_INFINITY : FAR * s));
  let isNear = true;
  const data = new Float64Array(sample.data.length);
  for (let i = 0; i < data.length; i++) {
    const d = i % sample.cols;
    const cell = sample.data[i]!;
    data[i] = Math.max(center[d]! - reach[d]!, Math.min(center[d]! + reach[d]!, cell));
    isNear &&= data[i] === cell;
  }
  return isNear ? sample : { ...sample, data };
}

/**
 * K centres chosen among the rows of a sample by the method that the config names; for one component their mean.
 *
 * @param sample  `[B, D]`
 * @param near    the rows as distances are measured, `[B, E]`; left out, as they are
 * @returns `[K, D]`
 * @throws BAD_OPTION when the config says that the start is given
 *
 * @example
 * const rows = matrix([[0], [0], [9], [9]]);
 * initialCenters({ components: 2, start: 'k-means++' }, rows, generator(key(0))).data.toSorted(); // [0, 9]
 */
export function initialCenters(
  { components, start }: Pick<MixtureConfig, 'components' | 'start'>,
  sample: Sample,
  random: RandomSource,
  near: Matrix = sample,
): Matrix {
  if (start === 'given')
    fail('mixture/startMixture', 'BAD_OPTION', 'the start values were given: make the first state from them');
  // The mean is where one component ends.
  if (components === 1) return columnMeans(sample);
  const choose = { 'k-means++': kMeansPlusPlus, 'k-means': kMeansCenters, random: randomRows }[start];
  return choose(sample, components, random, sample.weights ?? null, near);
}

function columnMeans({ data, rows, cols, weights = null }: Sample): Matrix {
  const total = weights?.reduce((sum, w) => sum + w, 0) ?? rows;
  const mean = new Float64Array(cols);
  for (let n = 0; n < rows; n++) {
    const share = (weights?.[n] ?? 1) / total;
    for (let d = 0; d < cols; d++) mean[d]! += data[n * cols + d]! * share;
  }
  return { data: mean, rows: 1, cols };
}

function equalWeights(centers: Matrix): Float64Array {
  const seen = new Set<string>();
  const isNew = Array.from({ length: centers.rows }, (_, k) => {
    const text = centers.data.subarray(k * centers.cols, (k + 1) * centers.cols).join();
    return !seen.has(text) && seen.add(text) !== undefined;
  });
  return Float64Array.from(isNew, (own) => (own ? -Math.log(seen.size) : Number.NEGATIVE_INFINITY));
}
