/** What components can be made of. */

import type { ConjugateFamily, Family } from '@mixtention/core';
import { lookUp } from '@mixtention/core/base';
import type { FamilyTable } from '@mixtention/core/loop';
import { bernoulli } from './bernoulli/bernoulli.ts';
import { gaussianDiagonal } from './gaussian-diagonal/gaussian-diagonal.ts';
import { gaussianFull } from './gaussian-full/gaussian-full.ts';
import { gaussianSpherical } from './gaussian-spherical/gaussian-spherical.ts';
import { gaussianTied } from './gaussian-tied/gaussian-tied.ts';
import { predictive } from './predictive.ts';
import type { ProductPart } from './product/parts.ts';
import { product } from './product/product.ts';

/** The families that take no config, by name. */
export const simpleFamilies: { readonly [name: string]: ConjugateFamily } = {
  bernoulli,
  'gaussian-diagonal': gaussianDiagonal,
  'gaussian-full': gaussianFull,
  'gaussian-spherical': gaussianSpherical,
  'gaussian-tied': gaussianTied,
};

/** What makes each family from its config, by name: what specs, files of models and the command line refer to. */
export const families: FamilyTable = {
  ...Object.fromEntries(Object.entries(simpleFamilies).map(([name, family]) => [name, () => family])),
  product: ({ parts }: { readonly parts: readonly ProductPart[] }) => product(parts),
  predictive: ({ family }: { readonly family: Family }) => predictive(family),
};

export { bernoulli, gaussianDiagonal, gaussianFull, gaussianSpherical, gaussianTied, predictive, product };

/** Shapes of Gaussian covariances. */
export type GaussianCovariance = 'full' | 'tied' | 'diagonal' | 'spherical';

/**
 * The Gaussian family of a covariance shape.
 *
 * @param covariance  `full` (one ellipse each), `tied` (one ellipse for all), `diagonal` (axes only), `spherical` (balls)
 * @throws UNKNOWN_NAME with the nearest known name
 *
 * @example
 * gaussian('tied').spec.name; // 'gaussian-tied'
 */
export function gaussian(covariance: GaussianCovariance = 'full'): ConjugateFamily {
  const shapes = { full: gaussianFull, tied: gaussianTied, diagonal: gaussianDiagonal, spherical: gaussianSpherical };
  return lookUp('mixture/gaussian', 'covariance', covariance, shapes);
}

export type { BernoulliParams, BernoulliPosterior, BernoulliPrior } from './bernoulli/params.ts';
export type { NormalWishart } from './gaussian/normal-wishart-prior.ts';
export type { NormalGamma, NormalGammaPosterior } from './gaussian-diagonal/normal-gamma.ts';
export type { GaussianDiagonalParams } from './gaussian-diagonal/params.ts';
export type { NormalWishartPosterior } from './gaussian-full/normal-wishart.ts';
export type { GaussianFullParams } from './gaussian-full/params.ts';
export type {
  IsotropicNormalGamma,
  IsotropicNormalGammaPosterior,
} from './gaussian-spherical/isotropic-normal-gamma.ts';
export type { GaussianSphericalParams } from './gaussian-spherical/params.ts';
export type { GaussianTiedParams } from './gaussian-tied/params.ts';
export type { TiedNormalWishartPosterior } from './gaussian-tied/tied-normal-wishart.ts';
export type { ProductParams, ProductPosterior, ProductPrior } from './product/params.ts';
export type { ProductPart } from './product/parts.ts';
export type { Product } from './product/product.ts';
