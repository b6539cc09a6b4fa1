import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import autoregression from './examples/autoregression.mjs';
import eightSchools from './examples/eight-schools.mjs';
import gaussianMixture from './examples/gaussian-mixture.mjs';
import logRegression from './examples/log-regression.mjs';
import regression from './examples/regression.mjs';
import type { Model } from './model/index.ts';
import type { Nested, SiteSummaries } from './report/index.ts';

export type Target = {
  readonly title: string;
  readonly model: Model<null>;
  readonly site: string;
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly logEvidence: number;
};

/** Conjugate models whose posterior and evidence are known: Pyro's and Stan's tests and tutorials, evidences in closed form. */
export const targets: readonly Target[] = [
  {
    title: 'a coin, Beta(10, 10) and 6 heads of 10',
    model: ({ sample, observe, beta, bernoulli }) =>
      observe('y', bernoulli(sample('p', beta(10, 10))), [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]),
    site: 'p',
    mean: [16 / 30],
    sd: [0.0896029],
    logEvidence: -7.069374503,
  },
  {
    title: 'a coin, Beta(1, 1) and 3 heads of 4, by logits',
    model: ({ sample, observe, beta, bernoulli, sub, log, log1p, neg }) => {
      const p = sample('p', beta(1, 1));
      observe('y', bernoulli({ logits: sub(log(p), log1p(neg(p))) }), [0, 1, 1, 1]);
    },
    site: 'p',
    mean: [2 / 3],
    sd: [Math.sqrt(8 / 252)],
    logEvidence: -Math.log(20),
  },
  {
    title: 'a normal mean of two columns',
    model: ({ sample, observe, normal }) => {
      const mu = sample('mu', normal([0, 0.5], [Math.sqrt(10), Math.sqrt(10)]));
      const rows = [
        [-0.1, 0.3],
        [0, 0.4],
        [0.2, 0.5],
        [0.1, 0.7],
      ]; // prettier-ignore
      observe('y', normal(mu, [6 ** -0.5, 0.5]), rows);
    },
    site: 'mu',
    mean: [0.04979253, 0.47515528],
    sd: [24.1 ** -0.5, 16.1 ** -0.5],
    logEvidence: -6.603656791,
  },
  {
    title: 'a Poisson rate',
    model: ({ sample, observe, gamma, poisson }) => observe('y', poisson(sample('rate', gamma(1, 1))), [1, 2, 3]),
    site: 'rate',
    mean: [7 / 4],
    sd: [Math.sqrt(7) / 4],
    logEvidence: -5.609715966,
  },
  {
    title: 'an exponential rate',
    model: ({ sample, observe, gamma, exponential }) => observe('y', exponential(sample('rate', gamma(1, 1))), [3, 2]),
    site: 'rate',
    mean: [0.5],
    sd: [Math.sqrt(3) / 6],
    logEvidence: -4.682131227,
  },
  {
    title: 'a normal mean',
    model: ({ sample, observe, normal }) => observe('y', normal(sample('mu', normal(1.5, 1)), 1), [1.6, 1.4]),
    site: 'mu',
    mean: [1.5],
    sd: [3 ** -0.5],
    logEvidence: -2.397183211,
  },
  {
    title: 'a vector of normal means',
    model: ({ sample, observe, multivariateNormal }) => {
      const mu = sample('mu', multivariateNormal([3.5, 2.5], { deviations: [1, 1] }));
      observe(
        'y',
        multivariateNormal(mu, {
          covariance: [
            [1, 0],
            [0, 1],
          ],
        }),
        [
          [4, 3],
          [3, 2],
        ],
      ); // prettier-ignore
    },
    site: 'mu',
    mean: [3.5, 2.5],
    sd: [3 ** -0.5, 3 ** -0.5],
    logEvidence: -5.274366421,
  },
];

/** Two normal variables of deviation 1 and this correlation. */
export const correlated =
  (rho: number): Model<null> =>
  ({ sample, multivariateNormal }) =>
    sample(
      'x',
      multivariateNormal([0, 0], {
        covariance: [
          [1, rho],
          [rho, 1],
        ],
      }),
    ); // prettier-ignore

export const flatten = (x: Nested): number[] => (typeof x === 'number' ? [x] : x.flatMap(flatten));

/** Posteriors of posteriordb: where `MIXTENTION_POSTERIORDB` names a folder of their files, `{ data, reference: { parameter: [mean, sd] } }`. */
export const posteriorFolder: string | undefined = process.env.MIXTENTION_POSTERIORDB;
export const posteriors: readonly (readonly [string, Model<object>])[] = [
  ['eight_schools-eight_schools_noncentered', eightSchools],
  ['low_dim_gauss_mix-low_dim_gauss_mix', gaussianMixture],
  ['kidiq-kidscore_momiq', regression],
  ['arK-arK', autoregression],
  ['mesquite-logmesquite', logRegression],
];

export type Reference = { readonly [parameter: string]: readonly [number, number] };

export const readPosterior = (name: string): { readonly data: object; readonly reference: Reference } =>
  JSON.parse(readFileSync(`${posteriorFolder}/${name}.json`, 'utf8')) as { data: object; reference: Reference };

/** The farthest mean in reference deviations, and the farthest ratio of deviations; parameters of posteriordb are counted from 1. */
export function distances(sites: SiteSummaries, reference: Reference): { readonly mean: number; readonly sd: number } {
  let [mean, sd] = [0, 0];
  for (const [parameter, [m, s]] of Object.entries(reference)) {
    const [, site, place] = parameter.match(/^(\w+)(?:\[(\d+)\])?$/)!;
    const at = Number(place ?? 1) - 1;
    mean = Math.max(mean, Math.abs(flatten(sites[site!]!.mean)[at]! - m) / s);
    sd = Math.max(sd, Math.abs(flatten(sites[site!]!.sd)[at]! / s - 1));
  }
  return { mean, sd };
}

/** Holds means and deviations of a site to a target, to a share of its deviation. */
export function expectMoments(sites: SiteSummaries, { site, mean, sd }: Target, share: number): void {
  const told = sites[site]!;
  for (const [i, m] of flatten(told.mean).entries()) expect(Math.abs(m - mean[i]!) / sd[i]!).toBeLessThan(share);
  for (const [i, s] of flatten(told.sd).entries()) expect(Math.abs(s / sd[i]! - 1)).toBeLessThan(share);
}
