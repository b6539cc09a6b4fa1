import { expect, test } from 'vitest';
import { svi } from '../inference/svi.ts';
import type { Model } from '../model/index.ts';
import { type WrittenTools, writtenGuide } from './index.ts';

/** A positive latent, a share, shares, and one whose bound is another latent. */
const model: Model<null> = ({ sample, halfNormal, beta, dirichlet, uniform, normal }) => {
  const sigma = sample('sigma', halfNormal(2));
  sample('p', beta(2, 2));
  sample('w', dirichlet([1, 1]));
  sample('below', uniform(0, sigma));
  sample('mu', normal([0, 0], 1));
};
type Body = { readonly [latent: string]: (g: WrittenTools) => Parameters<WrittenTools['sample']>[1] };
const sound: Body = {
  sigma: (g) => g.logNormal(0, 1),
  p: (g) => g.uniform(0.1, 0.9),
  w: (g) => g.dirichlet(g.exp(g.parameter('w', [0, 0]))),
  // Whether it stays below sigma is not known before a run.
  below: (g) => g.uniform(0, 0.01),
  // Any number may be a positive one.
  mu: (g) => g.gamma([2, 2], 1),
};
const run = (own: Body): unknown =>
  svi(model, null, {
    guide: writtenGuide((g) => Object.entries(own).map(([name, of]) => g.sample(name, of(g)))),
    steps: 1,
    learningRate: 0.01,
    resultDraws: 10,
  });

test('a guide within the supports of the priors runs', () => {
  expect(run(sound)).toMatchObject({ method: 'written' });
});

test.each<[Body, string]>([
  [
    { sigma: (g) => g.normal(1, 0.1) },
    'the guide of "sigma" is normal(mean: a number, sd: a number), whose draws are any number; site "sigma" of halfNormal(sd: a number) takes numbers above 0',
  ],
  [{ sigma: (g) => g.uniform(-1, 1) }, 'whose draws are numbers between -1 and 1; site "sigma"'],
  [{ p: (g) => g.gamma(2, 2) }, 'whose draws are numbers above 0; site "p" of beta'],
  [{ p: (g) => g.uniform(0, 1.5) }, 'takes numbers between 0 and 1'],
  [{ w: (g) => g.beta([1, 1], 1) }, 'takes shares that sum to 1'],
  [{ mu: (g) => g.dirichlet([1, 1]) }, 'whose draws are shares that sum to 1; site "mu"'],
])('draws that the prior does not allow are refused before a step: %#', (wrong, message) => {
  expect(() => run({ ...sound, ...wrong })).toThrow(message);
});
