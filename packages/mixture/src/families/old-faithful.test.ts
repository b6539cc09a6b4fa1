import type { Family, Matrix, Transform, Tree } from '@mixtention/core';
import { applyTransform, columnTransform, scalingsOf } from '@mixtention/core/data';
import { describe, expect, it } from 'vitest';
import { faithful } from '../problems/faithful.ts';
import { gaussian } from './index.ts';
import { expectClose, meanStatisticsOf, runEm } from './testing.ts';

const raw = faithful();
const waiting: Matrix = { data: raw.data.filter((_, i) => i % 2 === 1), rows: 272, cols: 1 };

/** EM from given centres in user space; log-likelihood and parameters in user space, components in the order of the centres. */
function climb(
  family: Family,
  x: Matrix,
  centers: number[][],
  steps: number,
): { logLikelihood: number; weights: Float64Array; params: Tree; trace: number[] } {
  const transform: Transform = columnTransform(x, null, scalingsOf(family, x.cols));
  const scaled = applyTransform(x, transform);
  const given = { data: Float64Array.from(centers.flat()), rows: centers.length, cols: x.cols };
  const params = family.startAt(applyTransform(given, transform), meanStatisticsOf(family, scaled));
  const logWeights = new Float64Array(centers.length).fill(-Math.log(centers.length));
  const result = runEm(family, scaled, { params, logWeights }, steps);
  const shift = x.rows * transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
  return {
    logLikelihood: result.trace.at(-1)! - shift,
    weights: result.logWeights.map(Math.exp),
    params: family.unscale(result.params, transform) as Tree,
    trace: result.trace,
  };
}

const two = [
  [2, 54],
  [4.3, 80],
];
const three = [
  [3.8, 77],
  [2, 54],
  [4.5, 81],
];

describe('EM on Old Faithful reaches published values', () => {
  it('with one full component: −1289.7967', () => {
    expect(climb(gaussian('full'), raw, [[3, 70]], 2).logLikelihood).toBeCloseTo(-1289.7967, 4);
  });

  it('with two full components: mclust VVV,2 at its fixed point', () => {
    const { logLikelihood, weights, params } = climb(gaussian('full'), raw, two, 300);
    const { means, covariances } = params as { means: Float64Array; covariances: Float64Array };
    expect(logLikelihood).toBeCloseTo(-1130.26396018474, 9);
    expectClose(weights, [0.35587286, 0.64412714], 1e-7);
    expectClose(means, [2.03638845, 54.47851638, 4.28966197, 79.96811517], 1e-8);
    expectClose(
      covariances,
      [0.06916767, 0.43516762, 0.43516762, 33.69728207, 0.16996844, 0.94060932, 0.94060932, 36.04621132],
      1e-7,
    );
  });

  it('with three tied components: mclust EEE,3 at its fixed point', () => {
    const { logLikelihood, weights, params } = climb(gaussian('tied'), raw, three, 3000);
    const { means, covariance } = params as { means: Float64Array; covariance: Float64Array };
    expect(logLikelihood).toBeCloseTo(-1126.315928, 6);
    expectClose(weights, [0.16860561, 0.35637812, 0.47501628], 1e-6);
    expectClose(means, [3.79775803, 77.46885947, 2.03761473, 54.49128494, 4.46573853, 80.87275138], 1e-6);
    expectClose(covariance, [0.07797544, 0.47015824, 0.47015824, 33.67203913], 1e-6);
  });

  // mclust's BIC is 2ℓ − df log N, from fits stopped at a tolerance of 1e-5, so ours may lie a little above. Scaling must not show.
  it.each([
    ['diagonal', 1, 4, -3055.835],
    ['diagonal', 2, 9, -2346.065],
    ['spherical', 1, 3, -4024.721],
    ['spherical', 2, 7, -3458.305],
  ] as const)('%s, %d components: BIC of mclust with %d parameters is %d', (covariance, K, parameters, bic) => {
    const family = gaussian(covariance);
    const { logLikelihood } = climb(family, raw, K === 1 ? [[3, 70]] : two, 200);
    expect(K - 1 + family.freeParameters(K, 2)).toBe(parameters);
    const own = 2 * logLikelihood - parameters * Math.log(272);
    expect(own).toBeGreaterThan(bic - 0.001);
    expect(own).toBeLessThan(bic + 0.01);
  });

  it('on waiting alone: unequal deviations of mclust at its fixed point, for each shape that can have them', () => {
    for (const covariance of ['full', 'diagonal', 'spherical'] as const) {
      const { logLikelihood, weights, params } = climb(gaussian(covariance), waiting, [[54], [80]], 2000);
      expect(logLikelihood).toBeCloseTo(-1034.00175, 5);
      expectClose(weights, [0.36088607, 0.63911393], 1e-6);
      expectClose((params as { means: Float64Array }).means, [54.61485614, 80.0910694], 1e-6);
    }
  });

  it('on waiting alone, tied: equal deviation 5.8690914 of mclust at its fixed point', () => {
    const { logLikelihood, params } = climb(gaussian('tied'), waiting, [[54], [80]], 2000);
    expect(logLikelihood).toBeCloseTo(-1034.00176, 5);
    expect(Math.sqrt((params as { covariance: Float64Array }).covariance[0]!)).toBeCloseTo(5.8690914, 5);
  });

  it.each(['full', 'tied', 'diagonal', 'spherical'] as const)('never lowers the log-likelihood (%s)', (covariance) => {
    const { trace } = climb(gaussian(covariance), raw, three, 100);
    for (let i = 1; i < trace.length; i++) expect(trace[i]! - trace[i - 1]!).toBeGreaterThan(-1e-10);
  });
});
