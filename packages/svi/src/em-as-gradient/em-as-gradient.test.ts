import type { Family } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import {
  bernoulli,
  faithful,
  gaussianDiagonal,
  gaussianFull,
  gaussianSpherical,
  gaussianTied,
  MixtureModel,
} from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { emAsGradient } from './em-as-gradient.ts';

const logWeights = Float64Array.of(Math.log(0.3), Math.log(0.7));
const means = Float64Array.of(2.5, 60, 3.9, 74);
const slanted = [0.8, 4, 4, 60];
const modelOf = (family: Family, params: object): MixtureModel =>
  new MixtureModel({ family, logWeights, params: { width: 2, means, ...params } as never });

const gaussians: readonly MixtureModel[] = [
  modelOf(gaussianFull, { covariances: Float64Array.of(...slanted, 0.5, -2, -2, 90) }),
  modelOf(gaussianTied, { covariance: Float64Array.from(slanted) }),
  modelOf(gaussianDiagonal, { variances: Float64Array.of(0.8, 60, 0.5, 90) }),
  modelOf(gaussianSpherical, { variances: Float64Array.of(40, 90) }),
];

const random = generator(key(3));
const bits = { data: Float64Array.from({ length: 600 }, () => (random.uniform() < 0.4 ? 1 : 0)), rows: 200, cols: 3 };
const probabilities = Float64Array.of(0.2, 0.5, 0.7, 0.6, 0.3, 0.5);
const coins = new MixtureModel({ family: bernoulli, logWeights, params: { width: 3, probabilities } });

test.each([...gaussians.map((model) => [model, faithful()] as const), [coins, bits] as const])(
  'what comes back through the log-sum-exp is the E-step, and a step of EM is P times the gradient: %s',
  (model, x) => {
    const { differences, difference, responsibilities, step, logLikelihood } = emAsGradient(model, x);
    expect(difference).toBeLessThan(1e-8);
    expect(differences.responsibilities).toBeLessThan(1e-12);
    expect(logLikelihood).toBeCloseTo(model.evaluate(x).logLikelihood, 8);
    // The E-step by hand, from densities of the components alone.
    const alone = [0, 1].map((k) =>
      new MixtureModel({
        family: model.family,
        logWeights: Float64Array.of(0),
        params: model.family.select(model.params, [k]),
      }).logDensity(x),
    );
    const joint = alone.map((own, k) => own.map((l) => model.weights[k]! * Math.exp(l)));
    for (const n of [0, 7, 150])
      expect(responsibilities.byBackPropagation.data[2 * n]).toBeCloseTo(
        joint[0]![n]! / (joint[0]![n]! + joint[1]![n]!),
        12,
      );
    // Both are steps, upwards, and they are one.
    expect(step.byEm.evaluate(x).logLikelihood).toBeGreaterThan(logLikelihood + 1);
    expect(step.byGradient.evaluate(x).logLikelihood).toBeCloseTo(step.byEm.evaluate(x).logLikelihood, 6);
  },
);

test('the step of a full mixture is the M-step in closed form: shares, weighted means, scatter about them', () => {
  const { step, responsibilities } = emAsGradient(gaussians[0]!, faithful());
  const r = responsibilities.byBayes.data;
  const { data, rows } = faithful();
  for (const k of [0, 1]) {
    const column = (d: number): number[] => Array.from({ length: rows }, (_, n) => data[2 * n + d]!);
    const weigh = (of: (n: number) => number): number => {
      let [total, sum] = [0, 0];
      for (let n = 0; n < rows; n++) {
        total += r[2 * n + k]!;
        sum += r[2 * n + k]! * of(n);
      }
      return sum / total;
    };
    const center = [0, 1].map((d) => weigh((n) => column(d)[n]!));
    center.forEach((m, d) => {
      expect(step.byGradient.means.data[2 * k + d]).toBeCloseTo(m, 9);
    });
    const scatter = weigh((n) => (data[2 * n]! - center[0]!) * (data[2 * n + 1]! - center[1]!));
    expect(step.byGradient.covariances![k]!.data[1]).toBeCloseTo(scatter, 8);
  }
});

test('what has no gradient, or no step, is refused', () => {
  const ends = new MixtureModel({
    family: bernoulli,
    logWeights,
    params: { width: 3, probabilities: Float64Array.of(0, 0.5, 0.7, 0.6, 0.3, 0.5) },
  });
  expect(() => emAsGradient(ends, bits)).toThrow('a probability is 0, where there is no gradient');
  const off = new MixtureModel({
    family: gaussianDiagonal,
    logWeights: Float64Array.of(0, Number.NEGATIVE_INFINITY),
    params: { width: 2, means, variances: Float64Array.of(1, 60, 1, 60) },
  });
  expect(() => emAsGradient(off, faithful())).toThrow('component 1 (counted from 0) has no weight, or owns no row');
  const far = modelOf(gaussianDiagonal, {
    means: Float64Array.of(2.5, 60, 900, 74),
    variances: Float64Array.of(1, 60, 1e-3, 60),
  });
  expect(() => emAsGradient(far, faithful())).toThrow('component 1');
});
