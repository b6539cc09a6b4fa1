import type { Dataset, Executor, Matrix, Tree } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { dataset } from '@mixtention/core/data';
import { key } from '@mixtention/core/numeric';
import { algorithms } from '@mixtention/em';
import { familyNamed } from '@mixtention/mixture';

/** One EM problem, ready to be iterated on any executor. */
export type EmProblem = {
  readonly name: string;
  /** Multiply–adds that the scores and the statistics of one iteration need, each as two operations. */
  readonly flops: number;
  /** Runs one iteration (E-step, statistics, M-step) from the same state; returns seconds and the log-likelihood. */
  iterate(executor: Executor): Promise<{ seconds: number; logLikelihood: number }>;
};

const SAMPLE_ROWS = 10_000;

/**
 * @param family  name of a family in core
 * @param x       `[N, D]`
 */
export function emProblem(name: string, family: string, components: number, x: Matrix): EmProblem {
  const config = {
    family,
    components,
    start: 'random',
    prior: family === 'bernoulli' ? BERNOULLI_PRIOR : null,
    floor: 1e-6,
  };
  const algorithm = algorithms['em/batch']!(config);
  const { standardize } = familyNamed(family);
  const byPrecision = new Map<string, { data: Dataset; state: Tree }>();
  const problemIn = (precision: 'float32' | 'float64'): { data: Dataset; state: Tree } => {
    let problem = byPrecision.get(precision);
    if (problem === undefined) {
      const data = dataset(x, { precision, standardize });
      const sample = dataset(rowsOf(x, 0, Math.min(SAMPLE_ROWS, x.rows)), { precision: 'float64', standardize });
      const rows: Matrix = {
        data: new Float64Array(sample.buffer, 0, sample.rows * x.cols),
        rows: sample.rows,
        cols: x.cols,
      };
      problem = { data, state: algorithm.init(key(0), rows) as Tree };
      byPrecision.set(precision, problem);
    }
    return problem;
  };
  // Of a symmetric matrix half is needed.
  const width = family === 'gaussian-full' ? x.cols * (x.cols + 3) : 2 * familyNamed(family).statisticsWidth(x.cols);
  return {
    name,
    flops: 2 * x.rows * components * width,
    async iterate(executor) {
      const { data, state } = problemIn(executor.precision);
      const start = performance.now();
      const stats = await executor.collect(algorithm, state, data);
      const { info } = algorithm.update(state as never, stats as never);
      return { seconds: (performance.now() - start) / 1000, logLikelihood: info.logLikelihood };
    },
  };
}

const BERNOULLI_PRIOR = { family: { a: 1.1, b: 1.1 }, concentration: 1 };
