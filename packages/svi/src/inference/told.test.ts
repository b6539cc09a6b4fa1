import { expect, test } from 'vitest';
import { autoNormal, type Guide, writtenGuide } from '../guides/index.ts';
import type { Model } from '../model/index.ts';
import { targets } from '../testing-targets.ts';
import { posteriorPredictive } from './posterior-predictive.ts';
import { svi } from './svi.ts';

test('the bound is told by site: priors, data and entropy are those in closed form, and add up to it', () => {
  // Gamma(1, 1) and three Poisson counts: the posterior is Gamma(7, 4), E λ = 7/4, E log λ = ψ(7) − log 4.
  const guide = writtenGuide(({ sample, parameter, gamma }) => sample('rate', gamma(parameter('a', 7), 4)));
  const { boundBySite, bound, parameters } = svi(targets[3]!.model, null, {
    guide,
    learningRate: 1e-9,
    steps: 1,
    rounds: 0,
    resultDraws: 40_000,
  });
  expect(parameters.a![0]).toBeCloseTo(7, 6);
  const expectedLog = 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6 - 0.5772156649015329 - Math.log(4);
  const due = {
    rate: -7 / 4,
    y: 6 * expectedLog - 3 * (7 / 4) - Math.log(2) - Math.log(6),
    // H = a − log b + log Γ(a) + (1 − a) ψ(a)
    entropy: 7 - Math.log(4) + Math.log(720) - 6 * (expectedLog + Math.log(4)),
  };
  expect(Object.keys(boundBySite).sort()).toEqual(['entropy', 'rate', 'y']);
  // Deviations of the terms are 0.66, 1.5 and 0.7: four errors of 40,000 draws.
  expect(Math.abs(boundBySite.rate! - due.rate)).toBeLessThan(0.014);
  expect(Math.abs(boundBySite.y! - due.y)).toBeLessThan(0.03);
  expect(Math.abs(boundBySite.entropy! - due.entropy)).toBeLessThan(0.03);
  expect(Object.values(boundBySite).reduce((a, b) => a + b, 0)).toBeCloseTo(bound, 9);
});

test('what is no number is told with the parameter of its site, and with the transform by which a value came', () => {
  // The scale of a prior that is the root of a negative number, and a value beyond what exp can hold.
  const root: Model<null> = ({ sample, normal, sqrt, sub, square }) =>
    sample('x', normal(0, sqrt(sub(-1, square(sample('a', normal(0, 1)))))));
  expect(svi(root, null, { guide: 'autoNormal', steps: 200 })).toMatchObject({
    status: 'diverged',
    message: expect.stringContaining('parameter sd of site "x" is NaN'),
  });
  const far = (at: number): Guide => ({
    ...autoNormal(),
    make: (tools) => autoNormal().make({ ...tools, around: { ...tools.around, mean: Float64Array.of(at) } }),
  });
  const positive: Model<null> = ({ sample, exponential }) => sample('rate', exponential(1));
  const { status, message } = svi(positive, null, { guide: far(1e4), steps: 200 });
  expect(status).toBe('diverged');
  expect(message).toMatch(/the value of site "rate" \(by [a-z ]+\) is Infinity/);
});

test('a minibatch that makes numbers end is told with its plate', () => {
  // The sum of a minibatch is below 0 now and then, that of all rows never.
  const y = Array.from({ length: 40 }, (_, n) => (n % 10 === 0 ? -3 : 1));
  const model: Model<null> = ({ sample, factor, plate, normal, log, sum, mul }) => {
    const x = sample('x', normal(1, 0.1));
    plate('rows', 40, { subsample: 4 }, (rows) => factor('log', log(mul(sum(rows(y)), mul(x, x)))));
  };
  const { status, message, parameters } = svi(model, null, { guide: 'autoNormal', steps: 400, learningRate: 0.01 });
  expect(message).toContain('a minibatch of plate "rows" made them not');
  expect(status).not.toBe('converged');
  expect(parameters['x.loc']!.every(Number.isFinite)).toBe(true);
});

test('a run that loses its numbers on the way comes back with the last finite state', () => {
  // Beyond 3 there is nothing; the data pull there.
  const model: Model<null> = ({ sample, observe, factor, normal, where, less }) => {
    const x = sample('x', normal(0, 1));
    factor('edge', where(less(x, 3), 0, Number.NaN));
    observe('y', normal(x, 0.01), 40);
  };
  const options = { guide: 'autoNormal', learningRate: 0.1, resultDraws: 100, rounds: 0 } as const;
  const around = {
    mean: Float64Array.of(0),
    deviations: Float64Array.of(0.01),
    conditionalDeviations: Float64Array.of(0.01),
    factor: null,
  };
  const lost = svi(model, null, { ...options, around });
  expect(lost.status).toBe('diverged');
  expect(lost.message).toContain('50 gradients in a row were no numbers');
  expect(lost.steps).toBeGreaterThan(100);
  expect(lost.message).toContain('site "edge" is NaN');
  for (const array of Object.values(lost.parameters)) expect(array.every(Number.isFinite)).toBe(true);
  // Nothing moved in the last fifty: a run that ends before them is where this one is.
  const before = svi(model, null, { ...options, around, steps: lost.steps - 50 });
  expect(lost.parameters).toEqual(before.parameters);
  expect(lost.parameters['x.loc']![0]! * 0.01).toBeGreaterThan(1);
});

test('data are predicted at new inputs: mean and deviation of a line with a known posterior', () => {
  // y = b x + ε, b ~ N(0, 1), ε ~ N(0, ½²), x = (1, 2), y = (1, 3): precision 1 + 4·5 = 21, mean 4·7/21.
  type Line = { readonly x: readonly number[]; readonly y: readonly number[] };
  const model: Model<Line> = ({ sample, observe, normal, mul }, { x, y }) =>
    observe('y', normal(mul(sample('b', normal(0, 1)), x), 0.5), y);
  const fit = svi(model, { x: [1, 2], y: [1, 3] }, { resultDraws: 20_000 });
  const { sites } = posteriorPredictive(model, { x: [-1, 0, 3], y: [0, 0, 0] }, fit);
  [-1, 0, 3].forEach((x, i) => {
    const [mean, sd] = [(x * 4) / 3, Math.sqrt(0.25 + (x * x) / 21)];
    expect(Math.abs((sites.y!.mean as number[])[i]! - mean)).toBeLessThan((4.5 * sd) / Math.sqrt(20_000));
    // A deviation of 20,000 draws is known to half a percent.
    expect(Math.abs((sites.y!.sd as number[])[i]! / sd - 1)).toBeLessThan(0.0225);
  });
});
