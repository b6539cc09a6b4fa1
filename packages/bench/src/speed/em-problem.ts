import type { Dataset, Executor, Matrix, Tree } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { applyTransform, dataset, scalingsOf } from '@mixtention/core/data';
import { standWidth } from '@mixtention/core/kernel';
import { key } from '@mixtention/core/numeric';
import { batch } from '@mixtention/em';
import { simpleFamilies } from '@mixtention/mixture';

/** One EM problem, ready to be iterated on any executor. */
export type EmProblem = {
  readonly name: string;
  /** Multiply–adds that the scores and the statistics of one iteration need, each as two operations. */
  readonly flops: number;
  /** Runs one iteration (E-step, statistics, M-step) from the same state; returns seconds and the log-likelihood. */
  iterate(executor: Executor): Promise<{ seconds: number; logLikelihood: number }>;
  /** The state that every iteration begins with, in the units of the rows; covariances only where the family has them. */
  start(): { weights: Float64Array; means: Matrix; covariances: readonly Matrix[] };
  /** The log-likelihood a row after one iteration, nats, in the units of the rows. */
  logLikelihoodAfterOne(executor: Executor): Promise<number>;
};

const SAMPLE_ROWS = 10_000;

/**
 * @param family  name of a simple family
 * @param x       `[N, D]`
 */
export function emProblem(name: string, family: string, components: number, x: Matrix): EmProblem {
  const own = simpleFamilies[family]!;
  const config = {
    family: own,
    components,
    start: 'random',
    prior: family === 'bernoulli' ? BERNOULLI_PRIOR : null,
    floor: 1e-6,
  } as const;
  const algorithm = batch(config);
  const { unscale, describe } = own;
  let made: { readonly data: Dataset; readonly state: Tree } | undefined;
  const problem = (): { readonly data: Dataset; readonly state: Tree } => {
    if (made === undefined) {
      const data = dataset(x, { standardize: scalingsOf(own, x.cols) });
      const sample = applyTransform(rowsOf(x, 0, Math.min(SAMPLE_ROWS, x.rows)), data.transform);
      made = { data, state: algorithm.init(key(0), sample) as Tree };
    }
    return made;
  };
  // Of a symmetric matrix half is needed.
  const width = family === 'gaussian-full' ? x.cols * (x.cols + 3) : 2 * standWidth(own.terms(x.cols)[0]!, x.cols);
  return {
    name,
    flops: 2 * x.rows * components * width,
    async iterate(executor) {
      const { data, state } = problem();
      const start = performance.now();
      const collected = await executor.collect(algorithm, { message: state }, data);
      const { info } = algorithm.update(state as never, collected as never);
      return { seconds: (performance.now() - start) / 1000, logLikelihood: info!.logLikelihood };
    },
    start() {
      const { data, state } = problem();
      const { logWeights, params } = state as { logWeights: Float64Array; params: Tree };
      const { means, covariances } = describe(unscale(params, data.transform));
      return { weights: logWeights.map(Math.exp), means, covariances: covariances ?? [] };
    },
    async logLikelihoodAfterOne(executor) {
      const { data, state } = problem();
      const step = async (from: Tree): Promise<{ state: Tree; info: { logLikelihood: number } }> =>
        algorithm.update(from as never, (await executor.collect(algorithm, { message: from }, data)) as never) as never;
      const { info } = await step((await step(state)).state);
      // Densities of scaled columns are larger by the scales.
      return info.logLikelihood / data.rows - data.transform.scale.reduce((sum, scale) => sum + Math.log(scale), 0);
    },
  };
}

const BERNOULLI_PRIOR = { a: 1.1, b: 1.1 };
