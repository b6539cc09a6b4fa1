import { checkOptions } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import { type Execution, input, type Value } from '../graph/index.ts';
import { type Model, traceModel } from '../model/index.ts';
import type { DrawsTable, SiteSummaries } from '../report/index.ts';
import { equalWeights, summarize } from '../report/index.ts';
import { bySite, checkDraws, columnsIn, rowsOf, type SiteDraws } from './draws-of-model.ts';

export type PosteriorPredictiveOptions = {
  /** Of the draws of data (default 0). */
  readonly seed?: number;
  readonly execution?: Execution;
};

export type PosteriorPredictive = {
  /** Moments and quantiles of replicated data, by observed site. */
  readonly sites: SiteSummaries;
  /** A row of replicated data for each posterior draw, by observed site. */
  readonly draws: SiteDraws;
};

/**
 * Data as the model would make them again: each observed site is drawn anew from its distribution, once for each posterior draw. With other data handed to the model (new rows of its inputs), it
 * predicts what is observed there; the numbers of observed sites do not matter then, their shapes do.
 *
 * @param posterior  draws of `svi` or `pathfinder`
 * @throws BAD_MODEL where a latent is not among the draws, or an observed site has no draws
 *
 * Cost: a run of the model a draw.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const heads = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
 * posteriorPredictive(coin, heads, pathfinder(coin, heads)).sites.heads.mean[0]; // about 0.533
 */
export function posteriorPredictive<Data>(
  model: Model<Data>,
  data: Data,
  posterior: { readonly draws: DrawsTable },
  options: PosteriorPredictiveOptions = {},
): PosteriorPredictive {
  const where = 'svi/posteriorPredictive';
  checkOptions(where, options, ['seed', 'execution']);
  const { seed = 0, execution } = options;
  const draws = checkDraws(where, posterior);
  const inputs: Value[] = [];
  const { sites } = traceModel(
    model.whole ?? model,
    data,
    ({ name, shape }) => {
      const value = input(name, shape);
      inputs.push(value);
      return { value };
    },
    { whole: true },
  );
  const observed = sites.flatMap(({ name, observed: made }) =>
    made === null ? [] : [{ name, value: made.distribution.sample(made.batch) }],
  );
  const columns = columnsIn(where, inputs, draws);
  const rows = rowsOf(observed, {
    inputs,
    rows: draws.rows,
    fill: (own, s) => {
      for (const [i, column] of columns.entries()) own[i] = draws.data[s * draws.cols + column]!;
    },
    random: generator(split(key(seed), 'predictive')),
    execution,
  });
  const shapes = observed.map(({ name, value }) => ({ name, shape: value.shape }));
  return { sites: summarize(shapes, rows, equalWeights(rows.length)), draws: bySite(observed, rows) };
}
