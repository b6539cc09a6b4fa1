import { expect, test } from 'vitest';
import eightSchools from '../examples/eight-schools.mjs';
import { differentiate } from '../graph/index.ts';
import { svi } from '../inference/index.ts';
import { fromLogDensity, type Model, posterior } from './index.ts';

const schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };
const free = Float64Array.of(1.5, 0.4, ...[0.3, -1, 0.2, 0, 2, -0.5, 0.7, 0.1]);
const logNormal = (x: number, mean: number, sd: number): number =>
  -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);

/** Written out by hand: priors, the Jacobian of τ = e^u, the data. */
function byHand(u: ArrayLike<number>): number {
  const [mu, tau] = [u[0]!, Math.exp(u[1]!)];
  let total = logNormal(mu, 0, 5) + Math.log(2 / Math.PI / 5 / (1 + (tau / 5) ** 2)) + u[1]!;
  for (let j = 0; j < 8; j++)
    total += logNormal(u[2 + j]!, 0, 1) + logNormal(schools.y[j]!, mu + tau * u[2 + j]!, schools.sigma[j]!);
  return total;
}

test('the log joint density of eight schools is that written out by hand, and so is its gradient', () => {
  const { logDensity, dimension, latents } = posterior(eightSchools, schools);
  expect(dimension).toBe(10);
  expect(latents.map(({ name }) => name)).toEqual(['mu', 'tau', 't']);
  const gradient = new Float64Array(10);
  expect(logDensity(free, gradient)).toBeCloseTo(byHand(free), 11);
  for (let i = 0; i < 10; i++) {
    const moved = (h: number): number => byHand(free.map((x, j) => (i === j ? x + h : x)));
    expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
  }
});

test('values are told in the terms of the model, and lead back to the free coordinates', () => {
  const { values, reported, freeOf } = posterior(eightSchools, schools);
  expect(reported.map(({ name }) => name)).toEqual(['mu', 'tau', 't', 'theta']);
  const told = values(free);
  expect(told[1]).toBe(Math.exp(0.4));
  expect(told[10]).toBeCloseTo(1.5 + Math.exp(0.4) * 0.3, 14);
  expect([...freeOf({ mu: [1.5], tau: [Math.exp(0.4)], t: free.subarray(2) })]).toEqual([...free]);
});

test('a model without emitted code gives the same bits', () => {
  const { logDensity } = posterior(eightSchools, schools, { execution: 'interpreted' });
  expect(logDensity(free)).toBe(posterior(eightSchools, schools).logDensity(free));
});

test('a log density over named arrays is a model', () => {
  const { logDensity } = posterior(
    fromLogDensity({ x: [2], y: [] }, ({ x, y }, m) => m.neg(m.add(m.sum(m.square(x)), m.square(y)))),
    null,
  );
  const gradient = new Float64Array(3);
  expect(logDensity(Float64Array.of(1, 2, 3), gradient)).toBe(-14);
  expect([...gradient]).toEqual([-2, -4, -6]);
});

test('variables of the outer plate broadcast in the inner one', () => {
  const model: Model<null> = ({ plate, sample, normal, deterministic }) =>
    plate('schools', 3, () => {
      const mean = sample('mean', normal(0, 1));
      plate('pupils', 2, () => deterministic('score', sample('x', normal(mean, 1))));
    });
  const { reported } = posterior(model, null);
  expect(reported.map(({ shape }) => shape)).toEqual([[3], [2, 3], [2, 3]]);
});

test('the terms of a site add up to the log density', () => {
  const { terms, logDensity } = posterior(eightSchools, schools);
  const told = terms(free);
  const total = told.reduce((sum, term) => sum + term.logDensity + term.logJacobian, 0);
  expect(total).toBeCloseTo(logDensity(free), 11);
  expect(told.find(({ site }) => site === 'tau')).toMatchObject({ logJacobian: 0.4 });
  expect(differentiate).toBeTypeOf('function');
});

test('members of a plate count as often as their weights say, in minibatches too', () => {
  const of =
    (y: readonly number[], weights?: readonly number[]): Model<null> =>
    (m) => {
      const mu = m.sample('mu', m.normal(0, 1));
      m.plate('groups', 2, () =>
        m.plate('rows', y.length, weights === undefined ? {} : { weights }, () =>
          m.observe(
            'y',
            m.normal(m.mul(mu, [1, 2]), 1),
            y.map((v) => [v, v + 1]),
          ),
        ),
      );
    };
  const weighed = posterior(of([1, 2, 3], [2, 0, 0.5]), null);
  const terms = [1, 1, 3].map((v) => posterior(of([v]), null).logDensity(Float64Array.of(0.3)) - logNormal(0.3, 0, 1));
  expect(weighed.logDensity(Float64Array.of(0.3))).toBeCloseTo(
    logNormal(0.3, 0, 1) + terms[0]! + terms[1]! + 0.5 * terms[2]!,
    12,
  );
});

const refused: readonly [string, Model<null>, string][] = [
  [
    'weights of another number than members',
    ({ plate, observe, normal }) => plate('p', 2, { weights: [1] }, () => observe('y', normal(0, 1), [1, 2])),
    'plate "p" of 2 was given 1 weight, one a member was due',
  ],
  [
    'a negative weight',
    ({ plate, observe, normal }) => plate('p', 2, { weights: [1, -1] }, () => observe('y', normal(0, 1), [1, 2])),
    'plate "p": the weight of member 1 (counted from 0) is -1, a finite number ≥ 0 was due',
  ],
  [
    'a latent number of members with weights',
    ({ plate, sample, normal }) => plate('p', 2, { weights: [1, 2] }, () => sample('z', normal(0, 1))),
    'site "z" is a latent of each member of a plate with weights, and not discrete',
  ],
  [
    'two sites of one name',
    ({ sample, normal }) => [sample('a', normal([0, 0], 1)), sample('a', normal(0, 1))],
    'two sites are named "a"; the first is [2]',
  ],
  [
    'shapes that do not broadcast',
    ({ observe, normal }) => observe('y', normal([0, 0], 1), [1, 2, 3]),
    'site "y" of normal(mean: [2], sd: a number): [2] of the distribution and [3] of the data do not broadcast',
  ],
  [
    'plates that do not fit',
    ({ plate, sample, normal }) => plate('p', 4, () => sample('y', normal([0, 0], 1))),
    'site "y" of normal(mean: [2], sd: a number): [4] of plates and [2] of the distribution do not broadcast; the axis of the outermost plate is the last one',
  ],
  [
    'observed values outside the support',
    ({ observe, gamma }) => observe('y', gamma(1, 1), [1, -2]),
    'site "y" observes -2 (place 1 of [2]) of gamma(shape: a number, rate: a number); a number from 0 was due',
  ],
  [
    'two sizes of one plate',
    ({ plate, sample, normal }) => {
      plate('rows', 3, () => sample('a', normal(0, 1)));
      plate('rows', 4, () => sample('b', normal(0, 1)));
    },
    'plate "rows" has size 4, and had 3 before; one size a name was due',
  ],
  [
    'a negative scale of a latent',
    ({ sample, normal }) => sample('mu', normal(0, -1)),
    'site "mu" of normal(mean: a number, sd: a number) has sd -1 (place 0 of a number); a finite number above 0 was due',
  ],
  [
    'a negative rate of what is observed',
    ({ observe, gamma }) => observe('y', gamma(1, [2, -3]), [1, 2]),
    'has rate -3 (place 1 of [2])',
  ],
  [
    'observed fractions of counts',
    ({ observe, poisson }) => observe('y', poisson(1), [1, 0.5]),
    'site "y" observes 0.5 (place 1 of [2])',
  ],
  [
    'more successes than trials',
    ({ observe, binomial }) => observe('y', binomial([3, 5], 0.5), [1, 7]),
    'a whole number from 0 to 5 was due',
  ],
  [
    'missing observations',
    ({ observe, normal }) => observe('y', normal(0, 1), [1, Number.NaN]),
    'observes NaN (place 1 of [2])',
  ],
  ['no distribution', ({ sample }) => sample('a', 3 as never), 'site "a" was given 3, a distribution was due'],
  ['no latents', ({ observe, normal }) => observe('y', normal(0, 1), 1), 'the model has no latent variable'],
  [
    'discrete latents',
    ({ sample, bernoulli }) => sample('z', bernoulli(0.3)),
    'site "z" is discrete; take summedOut(model)',
  ],
  ['subsamples of no size', ({ plate }) => plate('p', 4, { subsample: 5 }, () => 0), 'plate "p" of 4 takes 5 rows'],
  [
    'data of other length than the plate',
    ({ plate }) => plate('p', 4, (rows) => rows([1, 2])),
    'plate "p" of 4 was given [2], 4 rows were due',
  ],
];

test.each(refused)('%s: the error names the site and what came', (_, model, message) => {
  expect(() => posterior(model, null)).toThrow(message);
});

test('what a newcomer stumbles over is told with the site: latents as numbers, shapes between sites, a model that is none', () => {
  const said =
    (model: unknown): (() => unknown) =>
    () =>
      posterior(model as Model<null>, null);
  const number = 'a latent, or what was made of one, was used as a number';
  const using =
    (use: (a: never) => unknown): Model<null> =>
    ({ sample, observe, normal, exp }) =>
      observe('y', normal(use(exp(sample('a', normal(0, 1))) as never) as number, 1), [1]);
  for (const use of [(a: number) => a + 1, (a: number) => 2 * a, (a: number) => (a > 0 ? 1 : 0), Math.exp])
    expect(said(using(use as (a: never) => unknown))).toThrow(number);
  const seen: Model<null> = ({ sample, normal }) => sample('y', normal(0, 1), { obs: [1] } as never);
  expect(said(seen)).toThrow('site "y" is sampled with obs; data go by observe("y", distribution, data)');
  const parts: Model<null> = ({ sample, normal, add }) => {
    const [a, b] = sample('w', normal([0, 0], 1)) as unknown as number[];
    return add(a!, b!);
  };
  expect(said(parts)).toThrow('was taken apart as a list; take(x, 0)');
  const places: Model<null> = ({ sample, observe, normal }) =>
    observe('y', normal(sample('a', normal(0, 1)), 1), { ...[1] }['a' as never] as never);
  expect(said(places)).toThrow('undefined came, numbers or a value were due; entries of a value are take(x, i)');
  const third: Model<null> = ({ sample, normal }) => sample('y', normal(0, 1), [1, 2] as never);
  expect(said(third)).toThrow('data go by observe("y", distribution, data)');
  const listOf: Model<null> = ({ sample, observe, normal }) =>
    observe('y', normal([sample('a', normal(0, 1)), 0] as never, 1), [1, 2]);
  expect(said(listOf)).toThrow('stack([…]) makes one array of values');
  const wide: Model<null> = ({ sample, observe, normal }) => observe('y', normal(0, sample('s', normal(0, 1))), [1]);
  expect(said(wide)).toThrow('has "s" as its sd, which may be below 0; halfNormal');
  const cut: Model<null> = ({ plate, sample, observe, normal }) => {
    const mean = sample('mean', normal(0, 1));
    plate('p', 3, { subsample: 2 }, () => observe('y', normal(mean, 1), [1, 2, 3]));
  };
  expect(() => svi(cut, null)).toThrow('of a plate that is subsampled, rows(x) are those of this step');
  const option: Model<null> = ({ plate }) => plate('p', 3, { subsample_size: 2 } as never, () => 0);
  expect(said(option)).toThrow('plate "p": unknown option "subsample_size"');
  const late = async ({ sample, normal }: Parameters<Model<null>>[0]) => sample('a', normal(0, 1));
  expect(said(late)).toThrow('the model is async');
  const listed: Model<null> = ({ observe, normal, mixture }) =>
    observe('y', mixture([0.5, 0.5], [normal(0, 1), normal(2, 1)] as never), [1]);
  expect(said(listed)).toThrow('a list of 2 came, one distribution with a batch was due');
  const apart: Model<null> = ({ sample, normal, add }) =>
    add(sample('a', normal([0, 0], 1)), sample('b', normal([0, 0, 0], 1)));
  expect(said(apart)).toThrow('after site "b": add: shapes [2] and [3] do not broadcast');
  const entry: Model<null> = ({ sample, normal }) =>
    sample('y', normal((sample('b', normal([0, 0], 1)) as never)[0]!, 1));
  expect(said(entry)).toThrow(
    'after site "b": normal.mean: undefined came, numbers or a value were due; entries of a value are take(x, i)',
  );
  const missing = (({ vonMises }: { vonMises: (a: number) => never }) => vonMises(0)) as never as Model<null>;
  expect(said(missing)).toThrow('vonMises() is no statement, distribution or operation of models');
  expect(said(null)).toThrow('the model is null, a function of (m, data) was due');
});
