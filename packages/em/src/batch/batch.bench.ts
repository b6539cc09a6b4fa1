import { inline, plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { bernoulli, gaussianDiagonal, gaussianFull } from '@mixtention/mixture';
import { bench, describe } from 'vitest';
import { binaryBlobs, blobs } from '../testing/data.ts';
import { batch } from './batch.ts';

const problems = [
  { family: gaussianDiagonal, x: blobs(10_000, 8, 16), components: 8 },
  { family: gaussianFull, x: blobs(10_000, 8, 16), components: 8 },
  { family: bernoulli, x: binaryBlobs(2000, 20, 196), components: 20 },
] as const;

describe('em/batch::inline', () => {
  for (const { family, x, components } of problems) {
    const algorithm = batch({ family, components, start: 'random', prior: null, floor: 1e-6 });
    const data = dataset(x);
    const state = algorithm.init({ seed: 0, path: [] }, x);
    const executor = inline(plain);
    bench(`${family.spec.name}:N=${x.rows},D=${x.cols},K=${components}`, async () => {
      algorithm.update(state, (await executor.collect(algorithm, { message: state }, data)) as never);
    });
    const sum = algorithm.collect(state, openShard(data, 0, plain));
    bench(`${family.spec.name}:update,D=${x.cols},K=${components}`, () => {
      algorithm.update(state, { sum, parts: null });
    });
  }
});
