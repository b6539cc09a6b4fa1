import type { Matrix } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { lgamma } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { dirichlet, faithful, pointWeights } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { expectRelative } from '../testing/expect-relative.ts';
import { type BayesFit, fitBayes } from './fit-bayes.ts';

/** Old Faithful standardised by the population or the sample deviation. */
function standardized(sd: 'population' | 'sample'): Matrix {
  const { center, scale } = columnTransform(faithful(), null);
  const factor = sd === 'sample' ? Math.sqrt(272 / 271) : 1;
  return applyTransform(faithful(), { center, scale: scale.map((s) => s * factor) });
}

const family = (shrinkage: number) =>
  ({
    mean: [0, 0],
    shrinkage,
    degrees: 2,
    inverseScale: [
      [1, 0],
      [0, 1],
    ],
  }) as const;

/** sd, K, α, β, active components, and the bound by an implementation of its own in float64. */
const TABLE = [
  ['population', 6, 1e-3, 0.1, 2, -435.19919349],
  ['population', 6, 10, 0.1, 6, -479.83042799],
  ['sample', 1, 1, 1, 1, -560.6846287586],
  ['sample', 2, 1, 1, 2, -435.0934276803],
  ['sample', 6, 1e-3, 1, 2, -442.3439757552],
] as const;

describe.each(await availableBackends(['plain', 'native', 'wasm']))(
  'Old Faithful, standardised, on $name',
  (backend) => {
    it.each(TABLE)(
      'by the %s deviation, K = %i, α = %f, β = %f: %i components and the known bound',
      async (sd, components, concentration, beta, active, due) => {
        const options = {
          components,
          prior: { family: family(beta), concentration },
          start: 'k-means',
          tolerance: 1e-10,
          maxIterations: 3000,
        } as const;
        const fit = await fitBayes(standardized(sd), { ...options, executor: inline(backend) });
        expect(Math.abs(fit.bound - due)).toBeLessThan(backend.name === 'plain' ? 1e-5 : 1e-3);
        expect(fit.activeComponents).toBe(active);
        expect(fit.status).not.toBe('diverged');
      },
    );
  },
);

it('ranks two components above six under a small concentration, which a bound without its constants has the other way round', async () => {
  const options = { start: 'k-means', tolerance: 1e-11 } as const;
  const [six, two] = await Promise.all(
    [
      [6, 1e-3],
      [2, 1],
    ].map(([components, concentration]) =>
      fitBayes(standardized('sample'), {
        ...options,
        components: components!,
        prior: { family: family(1), concentration: concentration! },
      }),
    ),
  );
  expect(two!.bound - six!.bound).toBeCloseTo(442.3439757552 - 435.0934276803, 5);
  // What scikit-learn 1.9.1 calls `lower_bound_` of the same two fits.
  expect(withoutConstants(six!)).toBeCloseTo(105.6411, 3);
  expect(withoutConstants(two!)).toBeCloseTo(68.7265, 3);
});

/** The bound of `BayesianGaussianMixture` of scikit-learn for two columns: constants of the prior are left out, so it does not compare. */
function withoutConstants({ boundTerms, posterior }: BayesFit): number {
  const { weights, components } = posterior as unknown as Learnt;
  const { shrinkages, degrees, inverseScales: s } = components;
  const logDirichlet = lgamma(weights.reduce((sum, a) => sum + a, 0)) - weights.reduce((sum, a) => sum + lgamma(a), 0);
  return degrees.reduce((sum, nu, k) => {
    const logDet = Math.log(s[4 * k]! * s[4 * k + 3]! - s[4 * k + 1]! * s[4 * k + 2]!);
    const wishart = (nu / 2) * logDet - nu * Math.LN2 - lgamma(nu / 2) - lgamma((nu - 1) / 2);
    return sum - wishart - Math.log(shrinkages[k]!);
  }, boundTerms.entropy - logDirichlet);
}

it('posterior and expected weights are those of the reference, dead components last and no trouble', async () => {
  const fit = await fitBayes(standardized('sample'), {
    components: 6,
    prior: { family: family(1), concentration: 1e-3 },
    tolerance: 1e-11,
  });
  const { weights, components } = fit.posterior as unknown as Learnt;
  expectRelative(weights, [174.86257, 97.13943, 1e-3, 1e-3, 1e-3, 1e-3], 1e-6);
  expectRelative(components.means.slice(0, 4), [0.70074943, 0.66546127, -1.25572516, -1.19248967], 1e-7);
  expectRelative(components.shrinkages.slice(0, 2), [175.86157, 98.13843], 1e-6);
  expectRelative(components.degrees.slice(0, 2), [176.86157, 99.13843], 1e-6);
  const [first, second] = fit.model.covariances!;
  expectRelative(first!.data, [0.13521191, 0.06039971, 0.06039971, 0.19916403], 1e-6);
  expectRelative(second!.data, [0.08049621, 0.04511922, 0.04511922, 0.20518054], 1e-6);
  expectRelative(fit.expectedWeights, fit.model.weights, 1e-14);
  expect([fit.status, fit.degenerate, fit.certificate.nearCollapse]).toEqual(['converged', [], []]);
  expect(fit.prior.text).toContain('Dirichlet(0.001, …)');
});

type Learnt = {
  readonly weights: Float64Array;
  readonly components: { readonly [name in 'means' | 'shrinkages' | 'degrees' | 'inverseScales']: Float64Array };
};

it('in other units the same posterior comes, and the bound moves by the scales alone', async () => {
  const [own, factor] = [faithful(), [60, 1 / 60]] as const;
  const hours = { ...own, data: own.data.map((v, i) => 10 + v * factor[i % 2]!) };
  const prior = {
    mean: [3.5, 70],
    shrinkage: 0.5,
    degrees: 4,
    inverseScale: [
      [1, 2],
      [2, 200],
    ],
  };
  const mapped = {
    ...prior,
    mean: prior.mean.map((m, d) => 10 + m * factor[d]!),
    inverseScale: prior.inverseScale.map((row, i) => row.map((s, j) => s * factor[i]! * factor[j]!)),
  };
  // Rounding may decide at which step one has converged: neither may.
  const options = { components: 3, tolerance: 0, maxIterations: 500 } as const;
  const [a, b] = await Promise.all([
    fitBayes(own, { ...options, prior: { family: prior } }),
    fitBayes(hours, { ...options, prior: { family: mapped } }),
  ]);
  expect(Math.abs(a.bound - b.bound - 272 * Math.log(factor[0] * factor[1]))).toBeLessThan(1e-8);
  expectRelative([a.boundTerms.components], [b.boundTerms.components], 1e-8);
  const means = (fit: BayesFit): Float64Array => (fit.posterior as unknown as Learnt).components.means;
  expectRelative(
    means(b),
    means(a).map((m, i) => 10 + m * factor[i % 2]!),
    1e-6,
  );
  expect(a.prior.values!.family).toEqual({
    ...prior,
    mean: Float64Array.from(prior.mean),
    inverseScale: Float64Array.from(prior.inverseScale.flat()),
  });
});

it('weights without a prior are set by the bound (type II), and die out', async () => {
  const options = { components: 6, prior: { family: family(1), weights: pointWeights() } };
  const { activeComponents, boundTerms, bound, expectedWeights, status } = await fitBayes(
    standardized('sample'),
    options,
  );
  expect([activeComponents, boundTerms.weights, status]).toEqual([2, 0, 'converged']);
  expect(bound).toBeGreaterThan(-442.35);
  expect(Math.max(...expectedWeights.slice(2))).toBeLessThan(1e-6);
});

it('the weak prior of every covariance is the default, and a large concentration keeps components alive', async () => {
  for (const covariance of ['full', 'tied', 'diagonal', 'spherical'] as const) {
    const fit = await fitBayes(faithful(), { components: 2, covariance });
    expect([fit.prior.name, fit.activeComponents, fit.status]).toEqual(['weak', 2, 'converged']);
    expect(fit.bound).toBeLessThan(fit.logLikelihood);
    for (let i = 1; i < fit.trace.length; i++)
      expect(fit.trace[i]!.objective - fit.trace[i - 1]!.objective).toBeGreaterThan(-1e-9);
  }
  const alive = await fitBayes(faithful(), { components: 5, prior: { weights: dirichlet(50) } });
  expect(alive.activeComponents).toBe(5);
});

describe('priors that cannot be used are refused in a sentence', () => {
  const sound = {
    mean: [3.5, 70],
    shrinkage: 0.5,
    degrees: 4,
    inverseScale: [
      [1, 2],
      [2, 200],
    ],
  };
  it.each([
    [{ prior: 'none' }, 'prior is "none", which has no posterior'],
    [{ prior: { concentration: 0 } }, 'prior.concentration is 0, a finite number above 0 was due'],
    [{ prior: { concentration: -1 } }, 'prior.concentration is -1, a finite number above 0 was due'],
    [{ prior: { family: { ...sound, degrees: 1 } } }, 'prior.family.degrees is 1, a number above 1 was due'],
    [{ prior: { family: { ...sound, shrinkage: 0 } } }, 'prior.family.shrinkage is 0, a number above 0 was due'],
    [{ prior: { family: { ...sound, mean: [1, 2, 3] } } }, 'prior.family.mean has 3 numbers, 2 were due'],
    [
      { prior: { family: { ...sound, mean: [1, 1e12] } } },
      'prior.family.mean[1] is 1000000000000, where the data lie about 70.8',
    ],
    [
      {
        prior: {
          family: {
            ...sound,
            inverseScale: [
              [1, 2],
              [3, 200],
            ],
          },
        },
      },
      'prior.family.inverseScale is not symmetric',
    ],
    [
      {
        prior: {
          family: {
            ...sound,
            inverseScale: [
              [1, 20],
              [20, 200],
            ],
          },
        },
      },
      'prior.family.inverseScale is not positive definite',
    ],
    [
      {
        prior: {
          family: {
            ...sound,
            inverseScale: [
              [1, 0],
              [0, 1e-30],
            ],
          },
        },
      },
      'the squared units of the data were due',
    ],
    [{ prior: { family: { mean: [1, 2] } } }, 'prior.family.shrinkage is undefined'],
    [
      { prior: { family: { ...sound, inverseScale: [[1, 2], [2]] } } },
      'prior.family.inverseScale[1] has 1 number, 2 were due',
    ],
    [{ prior: { family: { ...sound, inverseScale: [[1, 2]] } } }, 'prior.family.inverseScale has 1 list, 2 were due'],
    [
      { prior: { family: { ...sound, inverseScale: [1, [2, 200]] } } },
      'prior.family.inverseScale[0] is 1, a list of 2 numbers was due',
    ],
    [
      { covariance: 'spherical', prior: { family: { ...sound, degrees: 0, inverseScale: 1 } } },
      'degrees is 0, a number above 0 was due',
    ],
    [
      { covariance: 'diagonal', prior: { family: { ...sound, inverseScale: [1, -1] } } },
      'inverseScale of column 1 is -1, a number above 0',
    ],
    [{ family: 'bernoulli', prior: { family: { a: 1, b: -1 } } }, 'prior.family.b is -1, a number above 0 was due'],
  ])('%j', async (options, due) => {
    const x = 'family' in options ? { data: Float64Array.of(0, 1, 1, 0), rows: 4, cols: 1 } : faithful();
    await expect(fitBayes(x, { components: 2, ...options } as never)).rejects.toThrow(due);
  });
});
