import { key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { aroundZero, writtenGuide } from '../guides/index.ts';
import type { Model } from '../model/index.ts';
import { meanOf } from '../report/index.ts';
import { correlated, flatten, targets } from '../testing-targets.ts';
import { evaluate } from './evaluate.ts';
import { compileObjective } from './objective.ts';
import { svi } from './svi.ts';

/** Fine enough that what is left of the optimum is less than the noise of so many draws: with `accuracy` as it is by default 0.02 nats are. */
const options = { guide: 'autoNormal', rounds: 0, resultDraws: 100_000, accuracy: 0.02, draws: 16 } as const;

test.each([0.25, 1, 40])(
  'the least divergence of a normal in log x from Gamma(1, %f) is 0.0810614668 nats, as for any rate (table 2 of the ADVI paper)',
  (rate) => {
    const model: Model<null> = ({ sample, gamma }) => sample('x', gamma(1, rate));
    const { bound, boundStandardError, parameters, around } = svi(model, null, options);
    expect(boundStandardError).toBeLessThan(0.003);
    expect(Math.abs(bound + 0.0810614668)).toBeLessThan(4 * boundStandardError);
    // Of log x: N(−½ − log rate, 1).
    const [unit] = around.deviations;
    expect(Math.abs(around.mean[0]! + unit! * parameters['x.loc']![0]! + 0.5 + Math.log(rate))).toBeLessThan(0.02);
    expect(Math.abs(unit! * Math.exp(parameters['x.logScale']![0]!) - 1)).toBeLessThan(0.02);
  },
);

test('and by softplus, on Gamma(1, 2), 0.0160322', () => {
  // u is real, x = softplus(u), dx/du = 1/(1 + exp(−u)); the density of x is 2·exp(−2x).
  const model: Model<null> = ({ sample, factor, flat, softplus, mul, neg, add, log }) => {
    const u = sample('u', flat());
    factor('gamma', add(mul(-2, softplus(u)), add(log(2), neg(softplus(neg(u))))));
  };
  const { bound, boundStandardError } = svi(model, null, options);
  expect(boundStandardError).toBeLessThan(0.001);
  expect(Math.abs(bound + 0.0160322)).toBeLessThan(4 * boundStandardError);
});

test.each([
  [0.9, 0.19, 0.8303656],
  [0.95, 0.0975, 1.1639515],
])('mean field on a correlation of %f has variances %f and lies %f nats below', (rho, variance, gap) => {
  const { bound, boundStandardError, uncorrectedSites } = svi(correlated(rho), null, {
    guide: 'autoNormal',
    accuracy: 0.03,
    draws: 4,
    resultDraws: 40_000,
    rounds: 0,
  });
  expect(boundStandardError).toBeLessThan(0.01);
  expect(Math.abs(bound + gap)).toBeLessThan(4 * boundStandardError);
  // A variance of 40,000 normal draws is known to √(2/40,000), that of the fit to 0.03 of its deviation.
  for (const sd of flatten(uncorrectedSites.x!.sd))
    expect(Math.abs(sd ** 2 / variance - 1)).toBeLessThan(0.0283 + 0.06);
  expect(svi(correlated(rho), null).bound).toBeGreaterThan(-0.02);
});

test('the bound of the coin at Beta(15, 15) is −7.138367375', () => {
  const guide = writtenGuide(({ sample, parameter, beta }) => sample('p', beta(parameter('a', 15), 15)));
  const given = { model: targets[0]!.model, data: null, guide, around: aroundZero(1) };
  const { mean, error } = meanOf(evaluate(given, Float64Array.of(15), 20_000, key(2)).logRatios);
  expect(Math.abs(mean + 7.138367375)).toBeLessThan(4 * error);
  expect(error).toBeLessThan(0.005);
});

test('without a prior the mode of the coin is the maximum of the likelihood: 0.6, with the loss of the tutorial', () => {
  const model: Model<null> = ({ sample, observe, flat, bernoulli }) =>
    observe('y', bernoulli(sample('p', flat({ lower: 0, upper: 1 }))), [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  const { sites, boundBySite } = svi(model, null, { guide: 'autoDelta' });
  expect(sites.p!.mean).toBeCloseTo(0.6, 6);
  expect(boundBySite.y).toBeCloseTo(-6.7301, 4);
});

test('the importance-weighted bound of a hundred Bernoulli(0.6) ones is 100·log 0.6 for any minibatch', () => {
  const model: Model<number> = ({ sample, observe, plate, normal, bernoulli }, subsample) => {
    sample('x', normal(0, 1));
    plate('rows', 100, { subsample }, (rows) => observe('y', bernoulli(0.6), rows(new Float64Array(100).fill(1))));
  };
  // The guide is the prior: all draws have the same ratio, and so has any mean of powers of them.
  const prior = writtenGuide(({ sample, parameter, normal }) => sample('x', normal(parameter('mean', 0), 1)));
  for (const subsample of [3, 50, 100]) {
    const given = { model, data: subsample, guide: prior, around: aroundZero(1) };
    const { step, begin, subsets } = compileObjective(given, 'importance-weighted');
    step.inputs.set(begin);
    for (const { rows } of subsets) for (let i = 0; i < rows.length; i++) rows[i] = (7 * i) % 100;
    for (const x of [-1, 0.5]) {
      step.run({ normal: () => x, uniform: () => 0.5 } as never);
      expect(step.outputs[0]).toBeCloseTo(-51.082562, 6);
    }
  }
});
