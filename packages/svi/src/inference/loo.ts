import { MixtentionError } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { generator, key, logSumExp } from '@mixtention/core/numeric';
import { summedOut } from '../discrete/index.ts';
import { input, sameShape, type Value } from '../graph/index.ts';
import { type Model, type Site, traceModel } from '../model/index.ts';
import { psis } from '../psis/index.ts';
import type { DrawsTable } from '../report/index.ts';
import { bySite, checkDraws, columnsIn, rowsOf, type SiteDraws } from './draws-of-model.ts';

/** Above it the estimate of an observation is not to be believed (Vehtari et al. 2024). */
const USABLE = 0.7;

type Traced = { readonly sites: readonly Site[]; readonly inputs: readonly Value[] };

function traced<Data>(model: Model<Data>, data: Data): Traced {
  const inputs: Value[] = [];
  const { sites } = traceModel(
    model,
    data,
    ({ name, shape }) => {
      inputs.push(input(name, shape));
      return { value: inputs.at(-1)! };
    },
    { whole: true },
  );
  return { sites, inputs };
}

const isObserved = ({ kind }: Site): boolean => kind === 'observe';

/** Discrete latents are summed out where that leaves each observation its own term; else terms are those given them. */
function pointwise<Data>(model: Model<Data>, data: Data): Traced {
  const given = traced(model.whole ?? model, data);
  if (given.sites.every(({ latent }) => latent === null || latent.transform !== null)) return given;
  try {
    const exact = traced(summedOut(model), data);
    const isWhole = exact.sites.every((site) => !isObserved(site) || sameShape(site.terms.shape, site.observed!.batch));
    return isWhole ? exact : given;
  } catch (thrown) {
    if (thrown instanceof MixtentionError && thrown.code === 'BAD_MODEL') return given;
    throw thrown;
  }
}

/**
 * Log densities of the observations, one by one, in every posterior draw, by site: what ArviZ calls `log_likelihood`. Discrete latents are summed out of them where plates tell their members apart.
 *
 * @param posterior  draws of `svi` or `pathfinder`, of all latents
 * @throws BAD_MODEL where a latent is not among the draws, or nothing is observed
 *
 * Cost: a run of the model a draw.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const heads = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
 * const { heads: own } = pointwiseLogDensity(coin, heads, pathfinder(coin, heads));
 * own.shape; // [10]
 * own.rows.length; // 4000: draws
 */
export function pointwiseLogDensity<Data>(
  model: Model<Data>,
  data: Data,
  posterior: { readonly draws: DrawsTable },
): SiteDraws {
  const where = 'svi/pointwiseLogDensity';
  const draws = checkDraws(where, posterior);
  const { sites, inputs } = pointwise(model, data);
  const told = sites.filter(isObserved).map(({ name, terms }) => ({ name, value: terms }));
  if (told.length === 0)
    fail(where, 'BAD_MODEL', 'the model observes nothing; observe(name, distribution, data) was due');
  const columns = columnsIn(where, inputs, draws);
  const fill = (own: Float64Array, s: number): void => {
    for (const [i, column] of columns.entries()) own[i] = draws.data[s * draws.cols + column]!;
  };
  return bySite(told, rowsOf(told, { inputs, rows: draws.rows, fill, random: generator(key(0)) }));
}

export type Loo = {
  /** Expected log density of a new data set, by leaving each observation out in turn, in nats: higher is better; and its standard error over observations. */
  readonly elpd: number;
  readonly standardError: number;
  /** Effective number of parameters: by how much the fitted log density is above it. */
  readonly effectiveParameters: number;
  /** One a observation, of all sites in the order in which they are stated: differences between two models are taken observation by observation. */
  readonly pointwise: Float64Array;
  /** k̂ of leaving each out: above 0.7 that observation bends the posterior too far for weights. */
  readonly paretoK: Float64Array;
  readonly message: string;
};

/**
 * How well a model predicts each observation from all others (PSIS-LOO), from one fit: posterior draws are weighted by how likely they would be without it.
 *
 *     elpd = Σ_i log p(y_i | y_−i)      weights of y_i: 1/p(y_i | θ_s), Pareto-smoothed
 *
 * @param posterior  draws of `svi` or `pathfinder` that can be believed (`corrected`): what they miss is missing here too
 * @throws as `pointwiseLogDensity`
 *
 * Cost: a run of the model a draw, and a sort of the draws an observation.
 * Source: Vehtari, Gelman & Gabry (2017), Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const heads = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
 * loo(coin, heads, pathfinder(coin, heads)).elpd; // about -7.164: 6 log(15/29) + 4 log(13/29)
 */
export function loo<Data>(model: Model<Data>, data: Data, posterior: { readonly draws: DrawsTable }): Loo {
  const sites = Object.values(pointwiseLogDensity(model, data, posterior));
  const own: { elpd: number; fitted: number; paretoK: number }[] = [];
  for (const { rows } of sites)
    for (let i = 0; i < rows[0]!.length; i++) {
      const logs = Float64Array.from(rows, (row) => row[i]!);
      const { paretoK, logWeights } = psis(logs.map((x) => -x));
      const elpd = logSumExp(logWeights.map((w, s) => w + logs[s]!));
      own.push({ elpd, fitted: logSumExp(logs) - Math.log(logs.length), paretoK });
    }
  const count = own.length;
  const elpd = own.reduce((total, x) => total + x.elpd, 0);
  const variance = own.reduce((total, x) => total + (x.elpd - elpd / count) ** 2, 0) / Math.max(1, count - 1);
  const beyond = own.filter(({ paretoK }) => paretoK > USABLE).length;
  return {
    elpd,
    standardError: Math.sqrt(count * variance),
    effectiveParameters: own.reduce((total, x) => total + x.fitted, 0) - elpd,
    pointwise: Float64Array.from(own, (x) => x.elpd),
    paretoK: Float64Array.from(own, (x) => x.paretoK),
    message:
      beyond === 0
        ? `k̂ is at most ${USABLE} for each of ${counted(count, 'observation')}`
        : `k̂ is above ${USABLE} for ${beyond} of ${counted(count, 'observation')}: leaving those out bends the posterior too far for weights; fit without them to know`,
  };
}
