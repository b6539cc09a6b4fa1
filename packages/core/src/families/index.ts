/** What components can be made of. */
import { bernoulli } from './bernoulli/bernoulli.ts';
import { gaussianFull } from './gaussian-full/gaussian-full.ts';

/** Families by name: what specs, files of models and the command line refer to. */
export const families = {
  bernoulli,
  'gaussian-full': gaussianFull,
} as const;

export type { BernoulliParams } from './bernoulli/bernoulli.ts';
export type { BernoulliPosterior, BernoulliPrior } from './bernoulli/beta.ts';
export type { NormalWishart } from './gaussian/normal-wishart-prior.ts';
export type { GaussianFullParams } from './gaussian-full/gaussian-full.ts';
export type { NormalWishartPosterior } from './gaussian-full/normal-wishart.ts';
export { bernoulli, gaussianFull };
