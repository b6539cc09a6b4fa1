import { expect, test } from 'vitest';
import { svi } from '../inference/svi.ts';
import type { Model } from '../model/index.ts';
import { autoLowRank, autoMixture } from './index.ts';

const y = [1.2, 0.4, 2.1, 1.7, 0.9, 1.1, 2.4, 0.2];

test('normal–gamma: given its precision the mean is as wide as the precision says, and the bound is the evidence', () => {
  const model: Model<null> = (m) => {
    const precision = m.sample('precision', m.gamma(2, 1.5));
    const mean = m.sample('mean', m.normal(0.3, m.pow(m.mul(2, precision), -0.5)));
    m.observe('y', m.normal(mean, m.pow(precision, -0.5)), y);
  };
  // β = 2, m = 0.3, a = 2, b = 1.5: Bishop (2006), sec. 2.3.6.
  const n = y.length;
  const average = y.reduce((a, b) => a + b) / n;
  const b = 1.5 + 0.5 * y.reduce((total, v) => total + (v - average) ** 2, 0) + (n * (average - 0.3) ** 2) / (n + 2);
  const a = 2 + n / 2;
  // log Γ(6) = log 120, log Γ(2) = 0
  const evidence =
    Math.log(120) + 2 * Math.log(1.5) - a * Math.log(b) + 0.5 * Math.log(2 / (n + 2)) - (n / 2) * Math.log(2 * Math.PI);
  const { bound, parameters, boundStandardError } = svi(model, null, { guide: 'autoStructured' });
  expect(parameters['mean.power']![0]).toBeCloseTo(1, 1);
  expect(Math.abs(bound - evidence)).toBeLessThan(0.005 + 4 * boundStandardError);
  expect(svi(model, null, { guide: 'autoNormal' }).bound).toBeLessThan(evidence - 0.02);
});

test('normal–Wishart: the bound is the evidence in closed form', () => {
  const x = [
    [0.3, 1.2],
    [-0.4, 0.1],
    [1.5, 0.8],
    [0.7, -0.6],
    [0.1, 0.9],
  ];
  const identity = [
    [1, 0],
    [0, 1],
  ];
  const model: Model<null> = (m) => {
    const root = m.triangularSolve(m.cholesky(m.sample('precision', m.wishart(3, { scale: identity }))), identity);
    const covariance = m.matmul(m.transpose(root), root);
    const mean = m.sample('mean', m.multivariateNormal([0, 0], { covariance }));
    m.observe('x', m.multivariateNormal(mean, { covariance }), x);
  };
  const n = x.length;
  const [s, t] = [0, 1].map((d) => x.reduce((total, row) => total + row[d]!, 0)) as [number, number];
  const square = (i: number, j: number): number => x.reduce((total, row) => total + row[i]! * row[j]!, 0);
  const [p, q, r] = [
    1 + square(0, 0) - (s * s) / (n + 1),
    square(0, 1) - (s * t) / (n + 1),
    1 + square(1, 1) - (t * t) / (n + 1),
  ];
  // Γ_2(a) ∝ Γ(a) Γ(a − ½), a from 3/2 to 4: Γ(4)Γ(7/2) / (Γ(3/2)Γ(1))
  const gammas = Math.log((6 * 3.323350970447843) / 0.886226925452758);
  const evidence = gammas - 4 * Math.log(p * r - q * q) - Math.log(n + 1) - n * Math.log(Math.PI);
  const { bound, boundStandardError } = svi(model, null, { guide: 'autoStructured' });
  expect(Math.abs(bound - evidence)).toBeLessThan(0.005 + 4 * boundStandardError);
});

/** Two modes, six deviations apart, of weights 0.3 and 0.7. */
const twoModes: Model<null> = (m) => {
  const x = m.sample('x', m.flat(), { shape: [2] });
  const at = (center: number): ReturnType<typeof m.sum> => m.mul(-0.5, m.sum(m.square(m.sub(x, center))));
  m.factor('modes', m.logSumExp(m.stack([m.add(at(-2), Math.log(0.3)), m.add(at(2), Math.log(0.7))])));
};

test('a mixture of normals covers two modes, where one normal loses the other', () => {
  const evidence = Math.log(2 * Math.PI);
  const one = svi(twoModes, null, { draws: 4 });
  const two = svi(twoModes, null, { guide: autoMixture({ components: 2 }), draws: 4, seed: 1 });
  expect(one.bound).toBeLessThan(evidence - 0.2);
  expect(Math.abs(two.bound - evidence)).toBeLessThan(0.03);
  expect((two.uncorrectedSites.x!.mean as number[])[0]).toBeCloseTo(0.7 * 2 - 0.3 * 2, 0);
  const weights = [...two.parameters.logits!].map((w) => Math.exp(w)).sort();
  expect(weights[1]! / (weights[0]! + weights[1]!)).toBeCloseTo(0.7, 1);
  expect(() => autoMixture({ components: 0 })).toThrow('components is 0, a whole number from 1 was due');
});

test('a low-rank normal is found exactly, with averages that settle', () => {
  const d = 8;
  const directions = Array.from({ length: d }, (_, i) => [Math.sin(i + 1), Math.cos(2 * i)]);
  const deviations = Array.from({ length: d }, (_, i) => 0.3 + 0.1 * i);
  const model: Model<null> = ({ sample, multivariateNormal }) =>
    sample('x', multivariateNormal(new Float64Array(d), { deviations, directions }));
  const { bound, status } = svi(model, null, { guide: autoLowRank({ rank: 2 }) });
  expect(status).toBe('converged');
  expect(Math.abs(bound)).toBeLessThan(1e-3);
  expect(svi(model, null, { guide: 'autoNormal' }).bound).toBeLessThan(-1);
});
