import type { Family } from '@mixtention/core';
import { key } from '@mixtention/core/numeric';
import {
  bernoulli,
  dirichlet,
  faithful,
  gaussianDiagonal,
  gaussianFull,
  MixtureModel,
  product,
} from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fitByGradient } from './fit-by-gradient.ts';
import { gradientMixture } from './gradient-mixture.ts';

const family = product([
  { family: gaussianFull, columns: [3, 0] },
  { family: bernoulli, columns: [1, 2] },
]);
const means = { data: Float64Array.of(-1.5, 0.2, 0.8, 1, 1.5, 0.7, 0.3, 2), rows: 2, cols: 4 };
const logWeights = Float64Array.of(Math.log(0.4), Math.log(0.6));
const truth = new MixtureModel({ family, logWeights, params: family.fromDescription({ means, covariances: null }) });

test('a product of two families is trained by gradients, to where EM does not move it', async () => {
  const { x } = truth.sample(400, 5);
  const options = { components: 2, family, screen: 0, tolerance: 1e-9 };
  const { model, converged, logLikelihood } = await fitByGradient(x, { ...options, prior: 'none' });
  expect(converged).toBe(true);
  expect(logLikelihood).toBeGreaterThan(truth.evaluate(x).logLikelihood);
  const r = model.responsibilities(x).data;
  for (const k of [0, 1]) {
    const count = Array.from({ length: x.rows }, (_, n) => r[2 * n + k]!).reduce((a, b) => a + b, 0);
    expect(count / x.rows).toBeCloseTo(model.weights[k]!, 3);
    for (let d = 0; d < 4; d++) {
      let sum = 0;
      for (let n = 0; n < x.rows; n++) sum += r[2 * n + k]! * x.data[4 * n + d]!;
      expect(Math.abs(sum / count - model.means.data[4 * k + d]!)).toBeLessThan(2e-3);
    }
  }
});

test('a family of the user’s own is trained by gradients if it has free coordinates, and refused by name if not', async () => {
  const spec = { kind: 'family', name: 'mine', module: 'mine', from: import.meta.url, config: null } as const;
  const mine: Family = { ...gaussianDiagonal, spec };
  const options = { components: 2, screen: 0 };
  const [own, due] = [
    await fitByGradient(faithful(), { ...options, family: mine }),
    await fitByGradient(faithful(), { ...options, family: gaussianDiagonal }),
  ];
  expect(own.logLikelihood).toBe(due.logLikelihood);
  const { coordinates, ...without } = mine;
  await expect(fitByGradient(faithful(), { ...options, family: without })).rejects.toThrow(
    'the family "mine" has no free coordinates to step in',
  );
});

test('weights without free coordinates are refused by name', () => {
  const { coordinates, ...weights } = dirichlet(2);
  const config = {
    family: gaussianDiagonal,
    components: 2,
    start: 'random',
    prior: null,
    floor: 1e-6,
    optimizer: 'adam',
    learningRate: 0.1,
    batches: 1,
    rows: 272,
    totalWeight: 272,
    tolerance: 1e-8,
    window: 50,
  } as const;
  expect(() => gradientMixture({ ...config, weights })).toThrow(
    'the prior of weights "dirichlet" has no free coordinates to step in',
  );
  expect(gradientMixture(config).init(key(1), faithful()).step).toBe(0);
});
