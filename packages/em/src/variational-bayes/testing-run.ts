import type { Backend, Dataset, Family, Matrix } from '@mixtention/core';
import { inline, plain } from '@mixtention/core';
import { dataset, scalingsOf } from '@mixtention/core/data';
import { key } from '@mixtention/core/numeric';
import { bernoulli, gaussianFull, gaussianTied, product, simpleFamilies } from '@mixtention/mixture';
import type { BayesInfo, BayesState } from './types.ts';
import { type BayesConfig, type BayesStats, variationalBayes } from './variational-bayes.ts';

/** Every family, and a product of three. */
export const everyFamily: readonly (readonly [string, Family])[] = [
  ...Object.entries(simpleFamilies),
  [
    'product',
    product([
      { family: gaussianTied, columns: [3, 1] },
      { family: bernoulli, columns: [...Array.from({ length: 15 }, (_, i) => i + 5), 0] },
      { family: gaussianFull, columns: [2, 4] },
    ]),
  ],
];

/** Rows as a fit of the family has them. */
export function dataFor(family: Family, x: Matrix): Dataset {
  return dataset(x, { standardize: scalingsOf(family, x.cols), shardRows: 64 });
}

/** A state, what the pass under it added up, and what the update said of it. */
export type Told = { readonly state: BayesState; readonly stats: BayesStats; readonly info: BayesInfo };

/** Steps from a start, each state with the pass that was made under it. */
export async function stepsFrom(
  config: BayesConfig,
  data: Dataset,
  { sample, steps, backend = plain }: { readonly sample: Matrix; readonly steps: number; readonly backend?: Backend },
): Promise<Told[]> {
  const algorithm = variationalBayes(config);
  const executor = inline(backend);
  const told: Told[] = [];
  let state = algorithm.init(key(1), sample);
  while (told.length < steps) {
    const collected = await executor.collect(algorithm, algorithm.ask(state, { ...backend, cuts: data.cuts }), data);
    const { info, state: next } = algorithm.update(state, collected as never);
    if (info !== null) told.push({ state, stats: collected.sum as BayesStats, info });
    state = next;
  }
  return told;
}
