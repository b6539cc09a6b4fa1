import type { Algorithm, Dataset, Executor, Family, Matrix, StepInfo, Transform, Tree } from '@mixtention/core';
import { priorOf, rowsOf } from '@mixtention/core/base';
import { applyTransform, dataset, scalingsOf } from '@mixtention/core/data';
import { standWidth } from '@mixtention/core/kernel';
import { key } from '@mixtention/core/numeric';
import { type BoundTerms, batch, variationalBayes } from '@mixtention/em';
import { dirichlet, simpleFamilies } from '@mixtention/mixture';

/** One problem of EM, or of variational Bayes, ready to be iterated on any executor. */
export type EmProblem = {
  readonly name: string;
  /** Multiply–adds that the scores and the statistics of one iteration need, each as two operations. */
  readonly flops: number;
  /** Runs one iteration (E-step, statistics, M-step) from the same state; returns seconds and the objective. */
  iterate(executor: Executor): Promise<{ seconds: number; objective: number }>;
  /** The mixture that it begins with, in the units of the rows; covariances only where the family has them. */
  start(): { weights: Float64Array; means: Matrix; covariances: readonly Matrix[] };
  /** The log evidence a row after one iteration, nats, in the units of the rows: of expected scores under variational Bayes. */
  evidenceAfterOne(executor: Executor): Promise<number>;
};

const SAMPLE_ROWS = 10_000;

/**
 * @param family     name of a simple family
 * @param x          `[N, D]`
 * @param inference  `ml` is EM (of bits with a prior), `vb` variational Bayes from what the mixture makes of the first pass
 */
export function emProblem(
  name: string,
  family: string,
  components: number,
  x: Matrix,
  inference: 'ml' | 'vb' = 'ml',
): EmProblem {
  const own = simpleFamilies[family]!;
  const make = (): Made => {
    const data = dataset(x, { standardize: scalingsOf(own, x.cols) });
    const prior = priorFor(own, inference, data.transform);
    const config = { family: own, components, start: 'random', prior, floor: 1e-6 } as const;
    const algorithm = (
      inference === 'vb' ? variationalBayes({ ...config, weights: dirichlet(1) }) : batch(config)
    ) as Stepping;
    const sample = applyTransform(rowsOf(x, 0, Math.min(SAMPLE_ROWS, x.rows)), data.transform);
    return { data, algorithm, first: algorithm.init(key(0), sample) };
  };
  let kept: Made | undefined;
  const made = (): Made => (kept ??= make());
  const step = async (from: Tree, executor: Executor): Promise<Stepped> => {
    const { data, algorithm } = made();
    const { message } = algorithm.ask(from, { precision: 'float64', cuts: data.cuts });
    return algorithm.update(from, await executor.collect(algorithm, { message }, data));
  };
  /** What iterations begin with: under variational Bayes a posterior, which follows from a pass under the first mixture. */
  const beginning = async (executor: Executor): Promise<Tree> => {
    const { first } = made();
    return inference === 'vb' ? (await step(first, executor)).state : first;
  };
  let begun: Promise<Tree> | undefined;
  // Of a symmetric matrix half is needed.
  const width = family === 'gaussian-full' ? x.cols * (x.cols + 3) : 2 * standWidth(own.terms(x.cols)[0]!, x.cols);
  return {
    name,
    flops: 2 * x.rows * components * width,
    async iterate(executor) {
      // A step of a fit derives scores anew: a state that is known would spare it that.
      const state = structuredClone(await (begun ??= beginning(executor)));
      const start = performance.now();
      const { info } = await step(state, executor);
      return { seconds: (performance.now() - start) / 1000, objective: info!.objective };
    },
    start() {
      const { data, first } = made();
      const { logWeights, params } = (inference === 'vb' ? (first as { mixture: Tree }).mixture : first) as Start;
      const { means, covariances } = own.describe(own.unscale(params, data.transform));
      return { weights: logWeights.map(Math.exp), means, covariances: covariances ?? [] };
    },
    async evidenceAfterOne(executor) {
      const { data } = made();
      const { info } = await step((await step(await beginning(executor), executor)).state, executor);
      // Densities of scaled columns are larger by the scales.
      return evidenceOf(info!) / data.rows - data.transform.scale.reduce((sum, scale) => sum + Math.log(scale), 0);
    },
  };
}

type Start = { readonly logWeights: Float64Array; readonly params: Tree };
type Info = StepInfo & { readonly boundTerms?: BoundTerms };
type Stepped = { readonly state: Tree; readonly info: Info | null };
// biome-ignore lint/suspicious/noExplicitAny: statistics are the algorithm's own
type Stepping = Algorithm<Tree, Tree, any, Info>;
type Made = { readonly data: Dataset; readonly algorithm: Stepping; readonly first: Tree };

function evidenceOf({ logLikelihood, boundTerms }: Info): number {
  return boundTerms === undefined ? logLikelihood : boundTerms.data + boundTerms.assignments + boundTerms.entropy;
}

const BERNOULLI_PRIOR = { a: 1.1, b: 1.1 };

/** Of Gaussians the same in the units of the rows for whoever takes part: mean 0, shrinkage 1, D degrees of freedom, inverse scale 1. */
function priorFor(family: Family, inference: 'ml' | 'vb', transform: Transform): Tree | null {
  const D = transform.scale.length;
  if (family.spec.name === 'bernoulli') return BERNOULLI_PRIOR;
  if (inference === 'ml') return null;
  const isFull = family.spec.name === 'gaussian-full';
  const inverseScale = new Float64Array(isFull ? D * D : D);
  for (let d = 0; d < D; d++) inverseScale[isFull ? d * (D + 1) : d] = 1;
  const { rescale } = priorOf(family, 'bench/emProblem');
  return rescale!({ mean: new Float64Array(D), shrinkage: 1, degrees: D, inverseScale }, transform);
}
