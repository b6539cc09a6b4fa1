import type { Key, Matrix, Mixture, RandomSource } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { meanStatistics } from '@mixtention/core/data';
import { generator, split } from '@mixtention/core/numeric';
import type { MixtureConfig } from '../fit/types.ts';
import { kMeansCenters } from './k-means.ts';
import { kMeansPlusPlus } from './k-means-plus-plus.ts';
import { randomRows } from './random-rows.ts';

/**
 * The first mixture of a fit: what `init` of every algorithm of mixtures begins with.
 *
 * A method chooses K centres among the rows of the sample; every component gets the spread of the whole sample and equal weight. A centre
 * that repeats an earlier one (fewer distinct rows than components) gets weight 0: it stays empty and is reported, never invented.
 *
 * @param key     the start's own key
 * @param sample  `[B, D]` in the space of the fit
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
  sample: Matrix,
): Mixture {
  const centers = initialCenters(config, sample, generator(split(key, 'start')));
  return {
    logWeights: equalWeights(centers),
    params: family.startAt(centers, meanStatistics(family.terms(sample.cols), sample)),
  };
}

/**
 * K centres chosen among the rows of a sample by the method that the config names; for one component their mean.
 *
 * @param sample  `[B, D]`
 * @returns `[K, D]`
 * @throws BAD_OPTION when the config says that the start is given
 */
export function initialCenters(
  { components, start }: Pick<MixtureConfig, 'components' | 'start'>,
  sample: Matrix,
  random: RandomSource,
): Matrix {
  if (start === 'given')
    fail('mixture/startMixture', 'BAD_OPTION', 'the start values were given: make the first state from them');
  // The mean is where one component ends.
  if (components === 1) return columnMeans(sample);
  const choose = { 'k-means++': kMeansPlusPlus, 'k-means': kMeansCenters, random: randomRows }[start];
  return choose(sample, components, random);
}

function columnMeans({ data, rows, cols }: Matrix): Matrix {
  const mean = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) mean[i % cols]! += data[i]! / rows;
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
