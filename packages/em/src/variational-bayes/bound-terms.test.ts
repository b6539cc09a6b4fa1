import { familyProblem, readRows } from '@mixtention/conformance';
import type { ConjugateFamily, Matrix, Tree } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { applyTransform, columnTransform, meanStatistics } from '@mixtention/core/data';
import { digamma, generator, key, lgamma, logDirichletNormalizer } from '@mixtention/core/numeric';
import { standardErrors } from '@mixtention/core/testing';
import { dirichlet, faithful, gaussianFull } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { sumTerms } from './bound-terms.ts';
import { fitBayes } from './fit-bayes.ts';
import { dataFor, everyFamily, stepsFrom, type Told } from './testing-run.ts';
import type { BoundTerms } from './types.ts';

const DRAWS = 1000;

/** Rows of a problem of the family in the space of a fit, and two steps of the algorithm on them. */
async function problemOf(family: ConjugateFamily): Promise<{ x: Matrix; prior: Tree; steps: Told[] }> {
  const width = family.spec.name === 'product' ? 20 : undefined;
  const raw = familyProblem(family, 7, 90, width).x;
  const data = dataFor(family, raw);
  const x = applyTransform(raw, data.transform);
  const prior = family.prior.weak(x.cols, meanStatistics(family.terms(x.cols), data)) as Tree;
  const config = { family, components: 3, start: 'k-means++', prior, weights: dirichlet(0.7), floor: 0 } as const;
  return { x, prior, steps: await stepsFrom(config, data, { sample: x, steps: 2 }) };
}

/** Responsibilities `[N, K]` under scores, by their definition. */
function responsibilities(scores: Matrix): Float64Array {
  const R = Float64Array.from(scores.data);
  for (let n = 0; n < scores.rows; n++) {
    const row = R.subarray(n * scores.cols, (n + 1) * scores.cols);
    const most = Math.max(...row);
    const total = row.reduce((sum, l) => sum + Math.exp(l - most), 0);
    for (let k = 0; k < scores.cols; k++) row[k] = Math.exp(row[k]! - most) / total;
  }
  return R;
}

describe.each(everyFamily)('the terms of the bound of %s', (_, given) => {
  const family = given as ConjugateFamily;
  const weights = dirichlet(0.7);

  it('are those of Monte Carlo, to 4 standard errors: parameters and weights drawn, densities taken', async () => {
    const { x, prior, steps } = await problemOf(family);
    const [before, { state, info }] = steps as [Told, Told];
    const { components, weights: alpha } = state.posterior as { components: Tree; weights: Float64Array };
    const expected = family.prior.expectedScores(components, weights.expectedLogWeights(alpha));
    const R = responsibilities(readRows(family, x, expected).scores);
    const random = generator(key(5));
    // q(θ) is prior × likelihood of what made it / evidence, so log p(θ)/q(θ) = evidence − log likelihood of that.
    const evidence = totalOf(family.prior.evidence(components, prior));
    const oldR = responsibilitiesOf(family, x, before);
    const draws = Array.from({ length: DRAWS }, () => {
      const params = family.prior.sample(components, random) as Tree;
      const logWeights = weights.sample(alpha, random);
      const { data } = readRows(family, x, family.scores(params, new Float64Array(3))).scores;
      return {
        data: R.reduce((sum, r, i) => sum + r * data[i]!, 0),
        assignments: R.reduce((sum, r, i) => sum + r * logWeights[i % 3]!, 0),
        weights: weights.logDensity(logWeights) - logDirichlet(alpha, logWeights),
        components: evidence - oldR.reduce((sum, r, i) => sum + r * data[i]!, 0),
      };
    });
    for (const term of ['data', 'assignments', 'weights', 'components'] as const) {
      const own = draws.map((draw) => draw[term]);
      expect(standardErrors(own, info.boundTerms[term]), term).toBeLessThan(4);
    }
    const entropy = -R.reduce((sum, r) => (r > 0 ? sum + r * Math.log(r) : sum), 0);
    expect(info.boundTerms.entropy).toBeCloseTo(entropy, 8);
    expect(info.objective).toBe(sumTerms(info.boundTerms));
  });

  it('add up, after an update, to evidence of weights and components and the entropy of what made them, to 1e-8', async () => {
    const { prior, steps } = await problemOf(family);
    const [{ stats, info }, { state }] = steps as [Told, Told];
    // The bound at the new posterior and the old responsibilities: E log p(X, Z) − KL is evidence, since the posterior is optimal for them.
    const { components, weights: alpha } = state.posterior as { components: Tree; weights: Float64Array };
    const { counts, sums } = stats;
    const compact =
      weights.evidence(alpha) + totalOf(family.prior.evidence(components, prior)) + info.boundTerms.entropy;
    const again = family.prior.posterior(prior, counts, sums) as Tree;
    expect(again).toStrictEqual(components);
    // Between the two bounds that were measured: updates of either half raise it.
    expect(compact).toBeGreaterThan(steps[0]!.info.objective - 1e-8);
    expect(compact).toBeLessThan(steps[1]!.info.objective + 1e-8);
  });

  it('are, for one component, the exact evidence in the user’s units, to 1e-9 of its size', async () => {
    const width = family.spec.name === 'product' ? 20 : undefined;
    const { x } = familyProblem(family, 8, 90, width);
    const { bound, boundTerms, prior } = await fitBayes(x, { components: 1, family });
    const one = new Float64Array(x.rows).fill(1);
    const outer = prior.values!.family;
    const sums = meanStatistics(family.terms(x.cols), x).map((mean) => mean.map((m) => m * x.rows));
    const posterior = family.prior.posterior(outer, Float64Array.of(one.length), sums);
    const due = totalOf(family.prior.evidence(posterior, outer));
    expect(Math.abs(bound - due)).toBeLessThan(1e-9 * Math.abs(due));
    expect([boundTerms.entropy, boundTerms.assignments, boundTerms.weights]).toEqual([
      expect.closeTo(0, 9),
      expect.closeTo(0, 9),
      expect.closeTo(0, 9),
    ]);
  });
});

function responsibilitiesOf(family: ConjugateFamily, x: Matrix, { state }: Told): Float64Array {
  const weights = dirichlet(0.7);
  const { components, weights: alpha } = state.posterior;
  return responsibilities(
    readRows(family, x, family.prior.expectedScores(components, weights.expectedLogWeights(alpha as Float64Array)))
      .scores,
  );
}

function logDirichlet(alpha: Float64Array, logWeights: Float64Array): number {
  return alpha.reduce((sum, a, k) => sum + (a - 1) * logWeights[k]!, logDirichletNormalizer(alpha));
}

it('the seven terms of a Gaussian mixture, written out (Bishop 2006, eq. 10.71–10.77), to 1e-8', async () => {
  const data = dataFor(gaussianFull, faithful());
  const x = applyTransform(faithful(), columnTransform(faithful(), null));
  const prior = {
    mean: Float64Array.of(0.1, -0.2),
    shrinkage: 0.7,
    degrees: 3.5,
    inverseScale: Float64Array.of(1.2, 0.3, 0.3, 0.8),
  };
  const config = {
    family: gaussianFull,
    components: 3,
    start: 'k-means++',
    prior,
    weights: dirichlet(0.6),
    floor: 0,
  } as const;
  for (const { state, info } of await stepsFrom(config, data, { sample: x, steps: 4 })) {
    const due = sevenTerms(state.posterior as unknown as Learnt, x, { ...prior, alpha: 0.6 });
    for (const [term, value] of Object.entries(due))
      expect(Math.abs(info.boundTerms[term as keyof BoundTerms] - value), term).toBeLessThan(1e-8);
  }
});

type Learnt = {
  readonly weights: Float64Array;
  readonly components: {
    readonly means: Float64Array;
    readonly shrinkages: Float64Array;
    readonly degrees: Float64Array;
    readonly inverseScales: Float64Array;
  };
};

type Given = {
  readonly alpha: number;
  readonly mean: Float64Array;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: Float64Array;
};

const LOG_2PI = Math.log(2 * Math.PI);
const det = (m: Float64Array): number => m[0]! * m[3]! - m[1]! * m[2]!;
const inverse = (m: Float64Array): Float64Array => Float64Array.of(m[3]!, -m[1]!, -m[2]!, m[0]!).map((v) => v / det(m));
const trace = (a: Float64Array, b: Float64Array): number =>
  a[0]! * b[0]! + a[1]! * b[2]! + a[2]! * b[1]! + a[3]! * b[3]!;
const square = (m: Float64Array, a: number, b: number): number =>
  m[0]! * a * a + (m[1]! + m[2]!) * a * b + m[3]! * b * b;

/** All seven for D = 2 and three components, in the five sums that a fit reports; W is scale, W⁻¹ inverse scale. */
function sevenTerms({ weights: a, components: q }: Learnt, x: Matrix, p: Given): BoundTerms {
  const [K, D] = [3, 2];
  const total = digamma(a.reduce((sum, v) => sum + v, 0));
  const logPi = a.map((v) => digamma(v) - total);
  const logB = (W: Float64Array, nu: number): number =>
    -(nu / 2) * Math.log(det(W)) - (nu * Math.LN2 + 0.5 * Math.log(Math.PI) + lgamma(nu / 2) + lgamma((nu - 1) / 2));
  const W0 = inverse(p.inverseScale);
  const own = Array.from({ length: K }, (_, k) => {
    const W = inverse(q.inverseScales.slice(4 * k, 4 * k + 4));
    const nu = q.degrees[k]!;
    const logLambda = digamma(nu / 2) + digamma((nu - 1) / 2) + D * Math.LN2 + Math.log(det(W));
    const entropy = -logB(W, nu) - ((nu - D - 1) / 2) * logLambda + (nu * D) / 2;
    return { W, nu, logLambda, entropy, beta: q.shrinkages[k]!, m: q.means.subarray(2 * k, 2 * k + 2) };
  });
  const terms = new Float64Array(8);
  const logRho = new Float64Array(K);
  for (let n = 0; n < x.rows; n++) {
    const likelihood = own.map(({ W, nu, logLambda, beta, m }) => {
      const distance = square(W, x.data[2 * n]! - m[0]!, x.data[2 * n + 1]! - m[1]!);
      return 0.5 * (logLambda - D / beta - nu * distance - D * LOG_2PI);
    });
    likelihood.forEach((l, k) => {
      logRho[k] = l + logPi[k]!;
    });
    const most = Math.max(...logRho);
    const normalizer = most + Math.log(logRho.reduce((sum, l) => sum + Math.exp(l - most), 0));
    logRho.forEach((l, k) => {
      const r = Math.exp(l - normalizer);
      terms[1]! += r * likelihood[k]!;
      terms[2]! += r * logPi[k]!;
      if (r > 0) terms[5]! -= r * Math.log(r);
    });
  }
  const sumLogPi = logPi.reduce((sum, l) => sum + l, 0);
  terms[3] = logDirichletNormalizer(new Float64Array(K).fill(p.alpha)) + (p.alpha - 1) * sumLogPi;
  terms[6] = -logPi.reduce((sum, l, k) => sum + (a[k]! - 1) * l, logDirichletNormalizer(a));
  for (const { W, nu, logLambda, entropy, beta, m } of own) {
    const distance = square(W, m[0]! - p.mean[0]!, m[1]! - p.mean[1]!);
    terms[4]! += 0.5 * (D * Math.log(p.shrinkage / (2 * Math.PI)) + logLambda - (D * p.shrinkage) / beta);
    terms[4]! += -0.5 * p.shrinkage * nu * distance + logB(W0, p.degrees);
    terms[4]! += ((p.degrees - D - 1) / 2) * logLambda - 0.5 * nu * trace(p.inverseScale, W);
    terms[7]! -= 0.5 * logLambda + (D / 2) * Math.log(beta / (2 * Math.PI)) - D / 2 - entropy;
  }
  return {
    data: terms[1]!,
    assignments: terms[2]!,
    entropy: terms[5]!,
    weights: terms[3]! + terms[6]!,
    components: terms[4]! + terms[7]!,
  };
}
