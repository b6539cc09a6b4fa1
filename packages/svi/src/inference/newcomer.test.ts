import { adam, learningRateAt } from '@mixtention/core/optimize';
import { expect, test } from 'vitest';
import type { Model } from '../model/index.ts';
import { decodeSviResult, encodeSviResult, loo, pointwiseLogDensity, priorPredictive, svi } from './index.ts';
import type { SviOptions } from './svi-options.ts';

const coin: Model<readonly number[]> = ({ sample, observe, beta, bernoulli }, tosses) =>
  observe('tosses', bernoulli(sample('p', beta(10, 10))), tosses);
const tosses = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
const brief = { steps: 300, resultDraws: 400, learningRate: 0.03, rounds: 0 } as const;

const refused: readonly [SviOptions & { readonly [name: string]: unknown }, string][] = [
  [{ lr: 0.1 }, 'option "lr" is learningRate here'],
  [{ num_steps: 100 }, 'option "num_steps" is steps here'],
  [{ report: ['q'] }, 'unknown site to report "q"'],
  [{ start: { p: 1.4 } }, '"p" was given 1.4, which is not within the support of beta'],
  [{ start: { p: 0 } }, '"p" was given 0'],
  [{ start: { p: [0.1, 0.2] } }, '"p" was given 2 numbers, 1 was due'],
  [{ guide: (() => 0) as never }, 'writtenGuide(function) is one of your own'],
  [
    { learningRate: { schedule: 'cosine', start: 1, steps: 5 } as never },
    'learningRate is a schedule, a number was due',
  ],
];

test.each(refused)('%j: one sentence says what is due', (options, message) => {
  expect(() => svi(coin, tosses, options)).toThrow(message);
});

test('starts are values of the model, as numbers too; every hundred steps are told; a schedule of one’s own is a rule', () => {
  const told: number[] = [];
  const rule = adam();
  const cosine = {
    ...rule,
    name: 'cosine',
    advance: undefined as never,
    update: (gradient, state) =>
      rule.update(gradient, state, learningRateAt({ schedule: 'cosine', start: 0.1, steps: 300 }, state.step)),
  } satisfies typeof rule;
  const { sites } = svi(coin, tosses, {
    ...brief,
    start: { p: 0.4 },
    optimizer: cosine,
    onStep: ({ step }) => told.push(step),
  });
  expect(told).toEqual([100, 200, 300]);
  expect(sites.p!.mean).toBeCloseTo(16 / 30, 1);
});

test('a prior says what its data would be: Beta(10, 10) tosses are beta-binomial', () => {
  const { sites, draws } = priorPredictive(coin, new Array(10).fill(0), { draws: 20_000, seed: 1 });
  expect(sites.p!.mean as number).toBeCloseTo(0.5, 2);
  expect(sites.p!.sd as number).toBeCloseTo(Math.sqrt(1 / 84), 2);
  const counts = draws.tosses!.rows.map((row) => row.reduce((a, b) => a + b));
  const mean = counts.reduce((a, b) => a + b) / counts.length;
  const variance = counts.reduce((a, b) => a + (b - mean) ** 2, 0) / counts.length;
  expect(mean).toBeCloseTo(5, 1);
  // n a b (a + b + n)/((a + b)²(a + b + 1))
  expect(variance).toBeCloseTo((10 * 100 * 30) / (400 * 21), 0);
  const flat: Model<null> = ({ sample, flat: anywhere }) => sample('x', anywhere());
  expect(() => priorPredictive(flat, null)).toThrow('site "x": a flat prior has no draws');
});

test('leave-one-out of normal means is that in closed form, with k̂ of each; of switches that are summed out too', () => {
  const y = [0.3, -1.1, 0.8, 2.4, 0.1, -0.4];
  const model: Model<readonly number[]> = ({ sample, observe, normal }, seen) =>
    observe('y', normal(sample('m', normal(0, 2)), 1), seen);
  const told = loo(model, y, svi(model, y));
  const exact = y.map((own, i) => {
    const others = y.filter((_, j) => j !== i);
    const precision = 1 / 4 + others.length;
    const [mean, variance] = [others.reduce((a, b) => a + b) / precision, 1 + 1 / precision];
    return -0.5 * ((own - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));
  });
  for (const [i, due] of exact.entries()) expect(told.pointwise[i]).toBeCloseTo(due, 1);
  expect(Math.abs(told.elpd - exact.reduce((a, b) => a + b))).toBeLessThan(0.1);
  expect(told.paretoK).toHaveLength(6);
  expect(told.message).toContain('for each of 6 observations');
  expect(told.effectiveParameters).toBeGreaterThan(0.5);
  const counts = [0, 3, 0, 1, 2, 0];
  const inflated: Model<readonly number[]> = (
    { sample, observe, plate, beta, gamma, bernoulli, poisson, mul, sub },
    k,
  ) => {
    const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 1))];
    plate('n', k.length, () => observe('k', poisson(mul(rate, sub(1, sample('zero', bernoulli(gate))))), k));
  };
  const fit = svi(inflated, counts, brief);
  const { k } = pointwiseLogDensity(inflated, counts, fit);
  const [gate, rate] = ['gate', 'rate'].map((name) => fit.draws.data[fit.draws.columns.indexOf(name)]!) as [
    number,
    number,
  ];
  expect(k!.rows[0]![0]).toBeCloseTo(Math.log(gate + (1 - gate) * Math.exp(-rate)), 10);
  expect(k!.rows[0]![1]).toBeCloseTo(Math.log((1 - gate) * Math.exp(-rate) * (rate ** 3 / 6)), 10);
});

test('a result goes into a text and back, every bit of it', () => {
  const result = svi(coin, tosses, { ...brief, guide: 'autoDelta' });
  expect(decodeSviResult(encodeSviResult(result))).toEqual(result);
  expect(() => decodeSviResult(encodeSviResult({} as never))).toThrow('draws or sites');
});

test('a model that is not the same twice is refused with its site; a latent that nothing depends on is told', () => {
  let calls = 0;
  const counting: Model<null> = ({ sample, normal }) => sample('a', normal(calls++, 1));
  expect(() => svi(counting, null)).toThrow('site "a" has other numbers or shapes when the model is run again');
  const named: Model<null> = ({ sample, normal }) => sample(`a${calls++}`, normal(0, 1));
  expect(() => svi(named, null)).toThrow(/site "a\d+" was named "a\d+" when the model was run again/);
  const looked: Model<null> = ({ sample, observe, normal, bernoulli }) => {
    const z = sample('z', bernoulli(0.5));
    observe('y', normal(sample('a', normal(0, 1)), z ? 1 : 2), 3);
  };
  expect(svi(looked, null, brief).message).toContain('nothing that is observed depends on "z" (if, ?: and ===');
  expect(svi(coin, tosses, brief).message).not.toContain('nothing that is observed');
});

test('where a result is not to be believed the message names a way out: other coordinates, a wider guide', () => {
  const centred: Model<null> = ({ sample, observe, plate, normal, halfCauchy }) => {
    const [mu, tau] = [sample('mu', normal(0, 5)), sample('tau', halfCauchy(5))];
    const theta = plate('schools', 8, () => sample('theta', normal(mu, tau)));
    observe('y', normal(theta, [15, 10, 16, 11, 9, 11, 10, 18]), [28, 8, -3, 7, -1, 1, 18, 12]);
  };
  const options = { guide: 'autoNormal', steps: 2000, rounds: 0, nonCentred: [], seed: 1 } as const;
  const { corrected, message } = svi(centred, null, options);
  expect(corrected).toBe(false);
  expect(message).toContain('to try: nonCentred: ["theta"], since "theta" is as wide as "tau" says');
  expect(message).toContain('guide "autoMultivariateNormal", which has correlations');
  // Coordinates that were compared, and kept, are not advised against.
  const known: Model<null> = ({ sample, observe, plate, normal, halfCauchy }) => {
    const [mu, tau] = [sample('mu', normal(0, 5)), sample('tau', halfCauchy(5))];
    const theta = plate('schools', 8, () => sample('theta', normal(mu, tau)));
    observe('y', normal(theta, 0.1), [28, 8, -3, 7, -1, 1, 18, 12]);
  };
  const kept = svi(known, null, { guide: 'autoNormal', steps: 100 });
  expect(kept).toMatchObject({ status: 'stopped', nonCentred: [] });
  expect(kept.message).not.toContain('to try: nonCentred');
});
