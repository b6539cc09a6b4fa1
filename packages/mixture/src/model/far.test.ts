import type { Density } from '@mixtention/core';
import { lgamma, logSumExp } from '@mixtention/core/numeric';
import { describe, expect, test } from 'vitest';
import {
  families,
  gaussianDiagonal,
  gaussianFull,
  gaussianSpherical,
  gaussianTied,
  predictive,
  product,
} from '../families/index.ts';
import { MixtureModel } from './mixture-model.ts';

const WEIGHTS = [0.3, 0.7];

/** Two components of independent columns of one variance; the densities of rows by their formula, from distances. */
function mixtureOf(family: Density, variance: number, apart: number) {
  const deviation = Math.sqrt(variance);
  const means = [
    [0, 0],
    [apart * deviation, (apart / 2) * deviation],
  ];
  const described = {
    means: { data: Float64Array.from(means.flat()), rows: 2, cols: 2 },
    covariances: means.map(() => ({ data: Float64Array.of(variance, 0, 0, variance), rows: 2, cols: 2 })),
  };
  const params = (family as typeof gaussianFull).fromDescription(described);
  const model = new MixtureModel({ family, params, logWeights: Float64Array.from(WEIGHTS, Math.log) });
  const due = (row: readonly number[]) => {
    const logs = means.map((mean, k) =>
      mean.reduce(
        (sum, m, d) => sum - 0.5 * ((row[d]! - m) / deviation) ** 2 - 0.5 * Math.log(2 * Math.PI * variance),
        Math.log(WEIGHTS[k]!),
      ),
    );
    const top = Math.max(...logs);
    const total = logs.reduce((sum, l) => sum + Math.exp(l - top), 0);
    return { logDensity: top + Math.log(total), responsibilities: logs.map((l) => Math.exp(l - top) / total) };
  };
  return { model, due, means, deviation };
}

const all = {
  full: gaussianFull,
  tied: gaussianTied,
  diagonal: gaussianDiagonal,
  spherical: gaussianSpherical,
  product: product([
    { family: gaussianDiagonal, columns: [0] },
    { family: gaussianSpherical, columns: [1] },
  ]),
};

describe.each(Object.entries(all))('%s components', (_, family) => {
  test.each([1, 1e-100, 1e100])(
    'of variance %d have the densities of their formula however far apart they lie',
    (variance) => {
      for (const apart of [0, 3, 1e3, 1e6, 1e8, 1e12, 1e20, 1e50, 1e90]) {
        const { model, due, means, deviation } = mixtureOf(family, variance, apart);
        const again = MixtureModel.fromJSON(JSON.stringify(model), { families });
        for (const [k, steps] of [
          [0, [-1e4, -1, 0, 0.5, 3]],
          // Farther out float64 does not hold rows beside the mean.
          [1, apart < 1e9 ? [-1e4, -1, 0, 0.5, 3] : [0]],
        ] as const)
          for (const step of steps) {
            const row = [means[k]![0]! + step * deviation, means[k]![1]!];
            const { logDensity, responsibilities } = due(row);
            for (const one of [model, again]) {
              const came = one.logDensity([row])[0]!;
              expect(Math.abs(came - logDensity), `${apart} apart, at ${step}`).toBeLessThan(
                1e-6 * Math.max(1, Math.abs(logDensity)),
              );
              const { data } = one.responsibilities([row]);
              for (const i of [0, 1]) expect(data[i]).toBeCloseTo(responsibilities[i]!, 6);
            }
          }
      }
    },
  );

  test('rows farther away than float64 can square make no NaN: their density is 0', () => {
    const { model } = mixtureOf(family, 1, 10);
    // Enough of them for the fused kernel, and a few for plain.
    for (const rows of [1, 3000])
      for (const far of [1e100, 1e154, 1e160, 1e300, 1.7e308]) {
        const x = Array.from({ length: rows }, (_, n) => [n % 2 ? far : -far, n % 3 ? far : -far]);
        const density = model.logDensity(x);
        const { data } = model.responsibilities(x);
        const wrong = density.findIndex((own, n) => {
          const isNone = own === Number.NEGATIVE_INFINITY;
          const isRight = far > 1e154 ? isNone : own < -1e199;
          return !isRight || data[2 * n]! + data[2 * n + 1]! !== (isNone ? 0 : 1);
        });
        expect(wrong, `a row of ${rows} at ${far}: ${density[wrong]}`).toBe(-1);
      }
  });

  test('components that float64 cannot tell apart are refused, in a file and where rows are read', () => {
    const { model } = mixtureOf(family, 1e-250, 1e160);
    const sentence =
      /component \d \(counted from 0\) lies too many of its deviations from the middle|variance or covariance is not positive|no distribution/;
    expect(() => model.logDensity([[0, 0]])).toThrow(sentence);
    expect(() => MixtureModel.fromJSON(JSON.stringify(model), { families })).toThrow(sentence);
  });
});

test('posterior predictives have a density above 0 at any distance', () => {
  const { prior } = gaussianDiagonal;
  const sums = Float64Array.of(5, 10, 30, 60, 50, 25, 600, 200);
  const posterior = prior.posterior(
    { mean: new Float64Array(2), shrinkage: 1, degrees: 3, inverseScale: Float64Array.of(1, 1) },
    Float64Array.of(5, 5),
    [sums],
  );
  const model = new MixtureModel({
    family: predictive(gaussianDiagonal),
    params: posterior,
    logWeights: Float64Array.from(WEIGHTS, Math.log),
  });
  const due = (x: number): number => {
    // log St(x; m, λ, ν) from its tail: terms beside (x − m)²λ/ν are nothing there.
    const { degrees, means, shrinkages, inverseScales } = posterior;
    const logs = WEIGHTS.map((w, k) => {
      let sum = Math.log(w);
      for (let d = 0; d < 2; d++) {
        const i = 2 * k + d;
        const nu = degrees[k]!;
        const scale = (nu * shrinkages[k]!) / (1 + shrinkages[k]!) / inverseScales[i]!;
        sum += lgamma((nu + 1) / 2) - lgamma(nu / 2) + 0.5 * Math.log(scale / (Math.PI * nu));
        sum -= (nu + 1) * (Math.log(Math.abs(x - means[i]!)) + 0.5 * Math.log(scale / nu));
      }
      return sum;
    });
    return logSumExp(logs);
  };
  for (const rows of [1, 3000])
    for (const far of [1e20, 1e100, 1e149]) {
      const density = model.logDensity(Array.from({ length: rows }, () => [far, -far]));
      expect(density[rows - 1]).toBeCloseTo(due(far), 6);
    }
  const [beyond, farther] = [1e160, 1e300].map(
    (far) => model.logDensity(Array.from({ length: 3000 }, () => [far, far]))[7],
  );
  expect(beyond).toBe(farther);
  expect(beyond).toBeLessThan(due(1e148));
  expect(beyond).toBeGreaterThan(due(1e154));
});
