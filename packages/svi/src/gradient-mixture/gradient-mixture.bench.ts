import { inline, type Matrix, plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { faithful, gaussianDiagonal, gaussianFull } from '@mixtention/mixture';
import { bench, describe } from 'vitest';
import { fitByGradient } from './fit-by-gradient.ts';
import { gradientMixture } from './gradient-mixture.ts';

function normals(rows: number, cols: number): Matrix {
  const random = generator(key(1));
  return { data: Float64Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

const problems = [
  { family: gaussianDiagonal, x: normals(10_000, 16), components: 8 },
  { family: gaussianFull, x: normals(10_000, 16), components: 8 },
] as const;

describe('svi/gradient-mixture::inline', () => {
  for (const { family, x, components } of problems) {
    const algorithm = gradientMixture({
      family,
      components,
      start: 'random',
      prior: null,
      floor: 1e-6,
      optimizer: 'adam',
      learningRate: 0.1,
      batches: 1,
      rows: x.rows,
      totalWeight: x.rows,
      tolerance: 1e-8,
      window: 50,
    });
    const data = dataset(x);
    const state = algorithm.init(key(0), x);
    const ask = algorithm.ask(state, { precision: 'float64', cuts: data.cuts });
    const executor = inline(plain);
    bench(`${family.spec.name}:N=${x.rows},D=${x.cols},K=${components}`, async () => {
      algorithm.update(state, (await executor.collect(algorithm, ask, data)) as never);
    });
    const sum = algorithm.collect(ask.message, openShard(data, 0, plain));
    bench(`${family.spec.name}:update,D=${x.cols},K=${components}`, () => {
      algorithm.update(state, { sum, parts: null });
    });
  }
});

describe('Old Faithful to convergence', () => {
  for (const optimizer of ['adam', 'sgd'] as const) {
    bench(`svi/gradient-mixture::${optimizer}:K=2`, async () => {
      await fitByGradient(faithful(), { components: 2, optimizer });
    });
  }
});
