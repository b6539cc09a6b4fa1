import { logSumExp } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { writtenGuide } from '../guides/index.ts';
import { svi } from '../inference/index.ts';
import { type Model, posterior } from '../model/index.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { summedOut } from './summed-out.ts';

const x = [0.2, -0.5, 2.2, 3.8, 4.1, 4.6, 1.9, 4.3];
const brief = { steps: 300, resultDraws: 200, learningRate: 0.03, rounds: 0 } as const;

/** Locations chosen by a latent, as `locs[z]` in Pyro. */
const mixed: Model<readonly number[]> = ({ sample, observe, plate, normal, categorical, take }, y) => {
  const locations = sample('locations', normal([0, 2, 4], 1));
  plate('rows', y.length, () => {
    const z = sample('z', categorical([0.3, 0.2, 0.5]));
    observe('y', normal(take(locations, z), 0.5), y);
  });
};

test('unasked discrete latents are summed out, and the result says so', () => {
  const { discrete, message, method, sites, status, heavySites } = svi(mixed, x);
  expect({ discrete, method, status }).toEqual({
    discrete: 'summed-out',
    method: 'autoMultivariateNormal',
    status: 'converged',
  });
  expect(message).toContain('; discrete latents were summed out');
  expect((sites.z!.mean as number[]).map(Math.round)).toEqual([0, 0, 1, 2, 2, 2, 1, 2]);
  expect(heavySites).not.toContain('z');
  const asked = svi(mixed, x, { ...brief, discrete: 'score' });
  expect(asked.discrete).toBe('score');
  expect(asked.message).not.toContain('discrete latents were');
  expect(svi(mixed, x, { ...brief, estimator: 'importance-weighted', draws: 2 }).discrete).toBe('summed-out');
  expect(svi(mixed, x, { guide: 'autoLaplace' }).discrete).toBe('summed-out');
  expect(svi(({ sample, normal }) => sample('a', normal(0, 1)), null, brief).discrete).toBe(null);
});

test('Pathfinder names no discrete latent among those of a heavy tail', () => {
  const clusters: Model<readonly number[]> = (
    { sample, observe, plate, dirichlet, normal, halfNormal, ordered, categorical, take },
    y,
  ) => {
    const weights = sample('weights', dirichlet([1, 1]));
    const locations = sample('locations', ordered(normal([0, 0], 5)));
    const sd = sample('sd', halfNormal(2));
    plate('rows', y.length, () => observe('y', normal(take(locations, sample('z', categorical(weights))), sd), y));
  };
  const { heavySites, message } = pathfinder(clusters, [0.2, -0.7, 4.1, 3.6, 0.4, 4.4, 5.1, -0.2], { seed: 1 });
  expect(heavySites).not.toContain('z');
  expect(message).not.toContain('"z"');
});

test('where the model, its cost or its guide does not permit it scores move them, and the message says why', () => {
  const alone: Model<null> = ({ sample, observe, bernoulli, normal, mul, add }) => {
    const z = sample('z', bernoulli(0.5), { shape: [2] });
    observe('y', normal(add(sample('a', normal(0, 1)), mul(2, z)), 1), [0, 2]);
  };
  const told = svi(alone, null, brief);
  expect(told.discrete).toBe('score');
  expect(told.message).toContain(
    'discrete latents were moved by their scores, not summed out: site "z" depends on members of "z" that no plate tells apart',
  );
  const many: Model<null> = ({ sample, observe, categorical, normal, add, mul }) => {
    const priors = Array.from({ length: 12 }, (_, i) => sample(`k${i}`, categorical(new Array(12).fill(1 / 12))));
    const total = priors.reduce((a, b) => add(a, b));
    observe('y', normal(add(total, mul(0, sample('a', normal(0, 1)))), 1), 30);
  };
  expect(svi(many, null, brief).message).toMatch(/not summed out: too many values of "k\d+" and of others meet/);
  const only: Model<null> = ({ sample, observe, bernoulli, normal }) =>
    observe('y', normal(sample('z', bernoulli(0.5)), 1), 1);
  expect(svi(only, null, brief).message).toContain('without them no latent would be left');
  expect(() => svi(only, null, { discrete: 'summed-out' })).toThrow('no latent variable beside those that are summed');
});

test('a guide of one’s own has the discrete latents that it states; others are summed out', () => {
  const shared = ({ sample, parameter, normal, exp }: Parameters<Parameters<typeof writtenGuide>[0]>[0]) =>
    sample('locations', normal(parameter('m', [0, 2, 4]), exp(parameter('s', [-1, -1, -1]))));
  expect(svi(mixed, x, { ...brief, guide: writtenGuide(shared) }).discrete).toBe('summed-out');
  const both = svi(mixed, x, {
    ...brief,
    guide: writtenGuide((g) => {
      shared(g);
      g.sample('z', g.categorical({ logits: g.parameter('logits', new Float64Array(24), [8, 3]) }));
    }),
  });
  expect(both.discrete).toBe('score');
  expect(both.message).toContain('the guide states "z" itself');
});

test('a hidden Markov model written by take, as in Pyro, has the density of forward filtering', () => {
  const chain: Model<readonly number[]> = ({ sample, observe, normal, dirichlet, categorical, take }, y) => {
    const rows = sample('rows', dirichlet([2, 1, 1]), { shape: [3] });
    const locations = sample('locations', normal([0, 1, 2], 1));
    let z = sample('z0', categorical([0.5, 0.3, 0.2]));
    observe('y0', normal(take(locations, z), 0.7), y[0]!);
    for (let t = 1; t < y.length; t++) {
      z = sample(`z${t}`, categorical(take(rows, z)));
      observe(`y${t}`, normal(take(locations, z), 0.7), y[t]!);
    }
  };
  const y = [0.3, 0.1, 1.2, 2.2, 1.9, 0.4];
  const target = posterior(summedOut(chain), y);
  const u = target.freeOf({ rows: [0.5, 0.3, 0.2, 0.1, 0.6, 0.3, 0.25, 0.25, 0.5], locations: [-0.2, 1.1, 2.3] });
  const at = (value: number, place: number): number =>
    -0.5 * ((value - place) / 0.7) ** 2 - Math.log(0.7) - 0.5 * Math.log(2 * Math.PI);
  const [a, places] = [
    [
      [0.5, 0.3, 0.2],
      [0.1, 0.6, 0.3],
      [0.25, 0.25, 0.5],
    ],
    [-0.2, 1.1, 2.3],
  ] as const;
  let forward = [0.5, 0.3, 0.2].map((p, k) => Math.log(p) + at(y[0]!, places[k]!));
  for (const value of y.slice(1))
    forward = places.map(
      (place, k) => logSumExp(Float64Array.from(forward, (own, j) => own + Math.log(a[j]![k]!))) + at(value, place),
    );
  const prior = target.terms(u).filter(({ site }) => site === 'rows' || site === 'locations');
  const before = prior.reduce((sum, { logDensity, logJacobian }) => sum + logDensity + logJacobian, 0);
  expect(target.logDensity(u) - before).toBeCloseTo(logSumExp(Float64Array.from(forward)), 10);
});
