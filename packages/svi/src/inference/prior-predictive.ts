import { checkOptions, errorFrom, fail, show } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import type { Execution } from '../graph/index.ts';
import { type Model, traceModel } from '../model/index.ts';
import { equalWeights, type SiteSummaries, summarize } from '../report/index.ts';
import { bySite, rowsOf, type SiteDraws } from './draws-of-model.ts';

export type PriorPredictiveOptions = {
  /** How many draws (default 1000). */
  readonly draws?: number;
  /** Of the draws (default 0). */
  readonly seed?: number;
  readonly execution?: Execution;
};

export type PriorPredictive = {
  /** Moments and quantiles of latents, of what is deterministic, and of data, by site. */
  readonly sites: SiteSummaries;
  /** A row a draw, by site. */
  readonly draws: SiteDraws;
};

const WHERE = 'svi/priorPredictive';

/**
 * What a model says before it has seen data: latents from their priors, and data from them. Of the data that are handed over shapes alone matter; terms of `factor` do not count, since they are no
 * distribution that could be drawn from.
 *
 * @throws BAD_MODEL for a site whose distribution has no draws (flat, ordered), BAD_OPTION
 *
 * Cost: a run of the model a draw.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { sites } = priorPredictive(coin, [0, 0, 0], { draws: 4000 });
 * sites.p.mean; // about 0.5
 * sites.p.sd; // about 0.109: 1/√84
 */
export function priorPredictive<Data>(
  model: Model<Data>,
  data: Data,
  options: PriorPredictiveOptions = {},
): PriorPredictive {
  checkOptions(WHERE, options, ['draws', 'seed', 'execution']);
  const { draws = 1000, seed = 0, execution } = options;
  if (!(Number.isInteger(draws) && draws > 0))
    fail(WHERE, 'BAD_OPTION', `draws is ${show(draws)}, a whole number from 1 was due`);
  const { sites } = traceModel(
    model.whole ?? model,
    data,
    ({ name, distribution, shape }) => ({
      value: drawn(name, () => distribution.sample(shape.slice(0, shape.length - distribution.event.length))),
    }),
    { whole: true },
  );
  const told = sites.flatMap(({ name, kind, value, observed }) => {
    if (kind === 'factor') return [];
    return [
      { name, value: observed === null ? value : drawn(name, () => observed.distribution.sample(observed.batch)) },
    ];
  });
  const random = generator(split(key(seed), 'prior'));
  const rows = rowsOf(told, { inputs: [], rows: draws, fill: () => {}, random, execution });
  const shapes = told.map(({ name, value }) => ({ name, shape: value.shape }));
  return { sites: summarize(shapes, rows, equalWeights(draws)), draws: bySite(told, rows) };
}

/** Whatever cannot be drawn is told with its site. */
function drawn<Result>(name: string, draw: () => Result): Result {
  try {
    return draw();
  } catch (thrown) {
    const why = errorFrom(thrown).message.replace(/^\[[^\]]*\] [^:]*: /, '');
    return fail(WHERE, 'BAD_MODEL', `site "${name}": ${why}`, thrown);
  }
}
