import { expect, test } from 'vitest';
import eightSchools from '../examples/eight-schools.mjs';
import { type Around, aroundNormal } from '../guides/index.ts';
import type { Model } from '../model/index.ts';
import { targets } from '../testing-targets.ts';
import { svi } from './svi.ts';

const oneStep = { optimizer: 'natural', learningRate: 1, steps: 1, resultDraws: 200 } as const;

/** Two coefficients of prior N(0, 4 I), rows seen with noise 0.5: precision I/4 + 4 XᵀX, and its inverse times 4 Xᵀy. */
const X = [
  [1, 0.2],
  [1, 0.9],
  [1, 1.4],
  [1, -0.3],
]; // prettier-ignore
const y = [0.7, 1.9, 2.2, -0.1];
const line: Model<null> = ({ sample, observe, normal, matmul }) =>
  observe('y', normal(matmul(X, sample('b', normal([0, 0], 2))), 0.5), y);
const precision = [0, 1].map((i) =>
  [0, 1].map((j) => X.reduce((sum, row) => sum + 4 * row[i]! * row[j]!, i === j ? 0.25 : 0)),
);
const pulled = [0, 1].map((i) => X.reduce((sum, row, n) => sum + 4 * row[i]! * y[n]!, 0));
const det = precision[0]![0]! * precision[1]![1]! - precision[0]![1]! ** 2;
const covariance = [precision[1]![1]! / det, -precision[0]![1]! / det, precision[0]![0]! / det] as const;
const mean = [
  covariance[0] * pulled[0]! + covariance[1] * pulled[1]!,
  covariance[1] * pulled[0]! + covariance[2] * pulled[1]!,
];

test.each<[string, Around]>([
  ['a narrow start', { ...aroundNormal(Float64Array.of(3, -2), Float64Array.of(0.05, 0, 0, 0.05)), factor: null }],
  ['a wide and slanted one', aroundNormal(Float64Array.of(-1, 1), Float64Array.of(2, 0, 1.5, 3))],
])('one step at rate 1 from %s lands on the posterior of a linear model', (_, around) => {
  const { parameters, around: told } = svi(line, null, { ...oneStep, around });
  const unit = told.factor ?? Float64Array.of(told.deviations[0]!, 0, 0, told.deviations[1]!);
  const [a, b, c] = parameters.factor! as unknown as [number, number, number];
  const own = [Math.exp(a), 0, b, Math.exp(c)];
  const times = (i: number, j: number): number => unit[2 * i]! * own[j]! + unit[2 * i + 1]! * own[2 + j]!;
  const at = (i: number): number =>
    told.mean[i]! + unit[2 * i]! * parameters.loc![0]! + unit[2 * i + 1]! * parameters.loc![1]!;
  const cov = (i: number, j: number): number => times(i, 0) * times(j, 0) + times(i, 1) * times(j, 1);
  [cov(0, 0), cov(1, 0), cov(1, 1)].forEach((v, i) => {
    expect(v / covariance[i]!).toBeCloseTo(1, 7);
  });
  expect(at(0)).toBeCloseTo(mean[0]!, 8);
  expect(at(1)).toBeCloseTo(mean[1]!, 8);
});

test('independent numbers land on the posterior of normal means, vectors too', () => {
  const around = {
    mean: Float64Array.of(9, -9),
    deviations: Float64Array.of(0.3, 2),
    conditionalDeviations: Float64Array.of(0.3, 2),
    factor: null,
  };
  const { parameters } = svi(targets[2]!.model, null, { ...oneStep, guide: 'autoNormal', around });
  targets[2]!.mean.forEach((m, i) => {
    expect(around.mean[i]! + around.deviations[i]! * parameters['mu.loc']![i]!).toBeCloseTo(m, 7);
    expect((around.deviations[i]! * Math.exp(parameters['mu.logScale']![i]!)) / targets[2]!.sd[i]!).toBeCloseTo(1, 7);
  });
});

/** A mixture of two normals of many rows, whose posterior is nearly normal. */
const many = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? -2 : 2) + Math.sin(1.7 * n * n));
const two: Model<null> = ({ sample, observe, normal, beta, mixture, stack, sub, ordered }) => {
  const means = sample('means', ordered(normal([0, 0], 3)));
  const w = sample('w', beta(2, 2));
  observe('y', mixture(stack([w, sub(1, w)]), normal(means, 0.8)), many);
};

test('a mixture ends where Adam does, by half of the gradients', () => {
  const by = (optimizer: 'adam' | 'natural') => svi(two, null, { optimizer, rounds: 0 });
  const [adam, natural] = [by('adam'), by('natural')];
  expect(natural).toMatchObject({ status: 'converged', estimator: 'natural' });
  const error = Math.hypot(adam.boundStandardError, natural.boundStandardError);
  expect(Math.abs(natural.bound - adam.bound)).toBeLessThan(4 * error + 0.01);
  expect(natural.gradientEvaluations).toBeLessThan(0.5 * adam.gradientEvaluations);
});

const schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

test('a heavy tail throws no guide away', () => {
  const { status, bound, boundStandardError } = svi(eightSchools, schools, {
    guide: 'autoNormal',
    optimizer: 'natural',
    seed: 2,
    steps: 3000,
  });
  expect(status).not.toBe('diverged');
  expect(Math.abs(bound + 31.6)).toBeLessThan(4 * boundStandardError + 0.1);
});

test('where curvatures are negative the covariance stays one', () => {
  // Two humps: between them the density is a valley.
  const humps: Model<null> = ({ sample, factor, flat, normal, mixture }) => {
    const x = sample('x', flat());
    factor('humps', mixture([0.5, 0.5], normal([-2, 2], [0.5, 0.5])).logDensity(x));
  };
  const around = aroundNormal(Float64Array.of(0.1), Float64Array.of(0.2));
  const { status, bound, boundStandardError } = svi(humps, null, { optimizer: 'natural', around });
  expect(status).not.toBe('diverged');
  // One hump of two, or both from afar: never above the evidence, 0.
  expect(bound).toBeLessThan(4 * boundStandardError);
  expect(bound).toBeGreaterThan(-1.5);
});

test('what it cannot move is refused', () => {
  const cut: Model<null> = ({ sample, observe, plate, normal }) => {
    const x = sample('x', normal(0, 1));
    plate('rows', 3, { subsample: 2 }, (rows) => observe('y', normal(x, 1), rows([1, 2, 3])));
  };
  expect(() => svi(line, null, { optimizer: 'natural', guide: 'autoLowRank' })).toThrow(
    'moves autoNormal and autoMultivariateNormal, the guide is autoLowRank',
  );
  expect(() => svi(line, null, { optimizer: 'natural', estimator: 'pathwise' })).toThrow(
    'estimator "pathwise" was asked for',
  );
  expect(() => svi(cut, null, { optimizer: 'natural' })).toThrow('plate "rows" is subsampled');
  const kinds: Model<null> = ({ sample, bernoulli }) => sample('z', bernoulli(0.3));
  expect(() => svi(kinds, null, { optimizer: 'natural' })).toThrow('discrete latents');
});
