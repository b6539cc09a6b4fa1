import { inline, plain } from '@mixtention/core';
import { dataset, meanStatistics } from '@mixtention/core/data';
import { bernoulli, dirichlet, gaussianDiagonal, gaussianFull } from '@mixtention/mixture';
import { bench, describe } from 'vitest';
import { batch } from '../batch/batch.ts';
import { binaryBlobs, blobs } from '../testing/data.ts';
import { variationalBayes } from './variational-bayes.ts';

const problems = [
  { family: gaussianDiagonal, x: blobs(10_000, 8, 16), components: 8 },
  { family: gaussianFull, x: blobs(10_000, 8, 16), components: 8 },
  { family: bernoulli, x: binaryBlobs(2000, 20, 196), components: 20 },
] as const;

/** A step of variational Bayes beside one of EM under the same prior. */
describe('em/variational-bayes::inline', () => {
  for (const { family, x, components } of problems) {
    const data = dataset(x);
    const prior = family.prior!.weak(x.cols, meanStatistics(family.terms(x.cols), data));
    const config = { family, components, start: 'random', prior, weights: dirichlet(1), floor: 1e-6 } as const;
    for (const algorithm of [variationalBayes(config), batch(config)]) {
      const executor = inline(plain);
      let state = algorithm.init({ seed: 0, path: [] }, x) as never;
      bench(`${algorithm.spec.name}:${family.spec.name}:N=${x.rows},D=${x.cols},K=${components}`, async () => {
        const ask = algorithm.ask(state, { precision: 'float64', cuts: data.cuts });
        state = algorithm.update(state, (await executor.collect(algorithm, ask, data)) as never).state as never;
      });
    }
  }
});
