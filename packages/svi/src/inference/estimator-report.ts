import { fail } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import type { Execution } from '../graph/index.ts';
import { type Around, aroundZero, type Guide } from '../guides/index.ts';
import { dimensionOf, latentsOf, type Model } from '../model/index.ts';
import { compileObjective, type Estimator } from './objective.ts';

export type EstimatorRow = {
  readonly estimator: Estimator;
  /** The farthest number of its mean gradient from that of all estimators' draws together, in standard errors: noise to 4 or so, bias beyond. */
  readonly bias: number;
  /** Variance of the gradient of one draw, summed over the parameters. */
  readonly variance: number;
  /** Length of the mean gradient over the root of the variance. */
  readonly signalToNoise: number;
  readonly microsecondsPerDraw: number;
};

export type EstimatorReportOptions = {
  readonly guide: Guide;
  /** What parameters are in units of, and they themselves, both as `svi` returns them (default: where the guide begins, in units of 0.1 about 0). */
  readonly around?: Around;
  readonly parameters?: { readonly [name: string]: Float64Array };
  /** Draws of each estimator (default 2000). */
  readonly draws?: number;
  readonly seed?: number;
  readonly execution?: Execution;
};

const ESTIMATORS: readonly Estimator[] = ['path-derivative', 'pathwise', 'analytic-kl'];

/**
 * What each estimator of the gradient of the bound is worth at some parameters of a guide: bias, variance, signal to noise, and cost.
 *
 * @throws UNKNOWN_NAME for a parameter that the guide does not have; what the model throws
 *
 * Cost: `draws` gradients an estimator.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * estimatorReport(coin, [1, 1, 0, 1], { guide: autoNormal(), draws: 200 })[0].estimator; // 'path-derivative'
 */
export function estimatorReport<Data>(model: Model<Data>, data: Data, options: EstimatorReportOptions): EstimatorRow[] {
  const { guide, around, parameters: given = {}, draws = 2000, seed = 0, execution } = options;
  const dimension = dimensionOf(latentsOf(model, data));
  const measured = ESTIMATORS.map((estimator) => {
    const { step, begin, parameters, subsets } = compileObjective(
      { model, data, guide, around: around ?? aroundZero(dimension), execution },
      estimator,
    );
    if (subsets.length > 0)
      fail('svi/estimatorReport', 'BAD_MODEL', `plate "${subsets[0]!.name}" is subsampled; all rows were due`);
    for (const name of Object.keys(given))
      if (!parameters.some((known) => known.name === name))
        fail('svi/estimatorReport', 'UNKNOWN_NAME', `the guide has no parameter "${name}"`);
    step.inputs.set(begin);
    for (const { name, start } of parameters) step.inputs.set(given[name] ?? [], start);
    const random = generator(split(key(seed), 'estimators', estimator));
    const mean = new Float64Array(begin.length);
    const squares = new Float64Array(begin.length);
    const begun = performance.now();
    for (let s = 1; s <= draws; s++) {
      step.run(random);
      for (let i = 0; i < mean.length; i++) {
        const change = step.outputs[i + 1]! - mean[i]!;
        mean[i]! += change / s;
        squares[i]! += change * (step.outputs[i + 1]! - mean[i]!);
      }
    }
    const microsecondsPerDraw = (1000 * (performance.now() - begun)) / draws;
    return { estimator, mean, variances: squares.map((x) => x / (draws - 1)), microsecondsPerDraw };
  });
  const together = measured[0]!.mean.map(
    (_, i) => measured.reduce((total, { mean }) => total + mean[i]!, 0) / measured.length,
  );
  return measured.map(({ estimator, mean, variances, microsecondsPerDraw }) => {
    const variance = variances.reduce((a, b) => a + b, 0);
    const errors = mean.map((_, i) => Math.sqrt(measured.reduce((total, own) => total + own.variances[i]!, 0) / draws));
    return {
      estimator,
      bias: mean.reduce((most, m, i) => Math.max(most, Math.abs(m - together[i]!) / (errors[i]! + 1e-12)), 0),
      variance,
      signalToNoise: Math.sqrt(mean.reduce((total, m) => total + m * m, 0) / variance),
      microsecondsPerDraw,
    };
  });
}
