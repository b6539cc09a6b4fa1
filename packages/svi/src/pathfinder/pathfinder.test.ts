import { expect, test } from 'vitest';
import eightSchools from '../examples/eight-schools.mjs';
import type { Model } from '../model/index.ts';
import { distances, expectMoments, posteriorFolder, posteriors, readPosterior, targets } from '../testing-targets.ts';
import { pathfinder } from './pathfinder.ts';

const schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

test.each(targets)('$title: moments and evidence are those in closed form', (target) => {
  const result = pathfinder(target.model, null);
  expect(result.paretoK).toBeLessThan(0.7);
  expectMoments(result.sites, target, 0.06);
  expect(Math.abs(result.logEvidence - target.logEvidence)).toBeLessThan(4 * result.logEvidenceStandardError + 1e-9);
  expect(result.bound - 4 * result.boundStandardError).toBeLessThan(target.logEvidence + 1e-8);
});

test('eight schools has the moments of posteriordb, and the same bits every time', () => {
  const first = pathfinder(eightSchools, schools, { seed: 3 });
  const { mean, sd } = distances(first.sites, {
    mu: [4.410518, 3.309296],
    tau: [3.60206, 3.198478],
    'theta[1]': [6.150502, 5.615863],
    'theta[3]': [3.905906, 5.280712],
    'theta[8]': [4.883997, 5.317692],
  });
  expect(mean).toBeLessThan(0.1);
  expect(sd).toBeLessThan(0.1);
  expect(first.draws.columns).toEqual(['mu', 'tau', ...names('t'), ...names('theta')]);
  expect(first.draws.data).toEqual(pathfinder(eightSchools, schools, { seed: 3, execution: 'interpreted' }).draws.data);
});

const names = (site: string): string[] => Array.from({ length: 8 }, (_, i) => `${site}[${i}]`);

test('draws have the moments that are told', () => {
  const { draws, sites } = pathfinder(targets[3]!.model, null);
  const mean = draws.data.reduce((a, b) => a + b, 0) / draws.rows;
  expect(mean).toBeCloseTo(sites.rate!.mean as number, 1);
  const { '0.025': low, '0.5': middle, '0.975': high } = sites.rate!.quantiles;
  // Of Gamma(7, 4), by scipy.
  expect(low).toBeCloseTo(0.7036, 1);
  expect(middle).toBeCloseTo(1.6674, 1);
  expect(high).toBeCloseTo(3.2649, 0);
});

test('Pathfinder as published says by its k̂ that it is not enough for eight schools', () => {
  const { paretoK, corrected, status, message, sites, uncorrectedSites } = pathfinder(eightSchools, schools, {
    rounds: 0,
  });
  expect(paretoK).toBeGreaterThan(0.7);
  expect(corrected).toBe(false);
  expect(status).toBe('stopped');
  expect(message).toContain('too far from the posterior');
  expect(sites).toEqual(uncorrectedSites);
});

/** Neal's funnel: v ~ N(0, 3), x_i ~ N(0, exp(v/2)); its evidence is 1. */
const funnel =
  (leaves: number): Model<null> =>
  ({ sample, normal, exp, mul }) => {
    const v = sample('v', normal(0, 3));
    for (let i = 0; i < leaves; i++) sample(`x${i}`, normal(0, exp(mul(0.5, v))));
  };

test.each([0, 1, 2])(
  'a funnel of one leaf is filled: its evidence is 1 within four of its errors (seed %i)',
  (seed) => {
    const { logEvidence, logEvidenceStandardError, corrected, sites } = pathfinder(funnel(1), null, { seed });
    expect(corrected).toBe(true);
    expect(Math.abs(logEvidence)).toBeLessThan(4 * logEvidenceStandardError);
    expect(logEvidenceStandardError).toBeLessThan(0.15);
    expect(Math.abs((sites.v!.sd as number) / 3 - 1)).toBeLessThan(0.15);
  },
);

test('of a funnel of nine leaves no draws see neck and mouth: k̂ says so, and no error is told', () => {
  const options = { seed: 2, iterations: 60, draws: 500, nonCentred: [] };
  const published = pathfinder(funnel(9), null, { ...options, rounds: 0 });
  expect(published.paretoK).toBeLessThan(0.7);
  expect(published.logEvidence).toBeLessThan(-0.8);
  const { paretoK, corrected, logEvidenceStandardError, status, message } = pathfinder(funnel(9), null, options);
  expect(paretoK).toBeGreaterThan(0.7);
  expect(logEvidenceStandardError).toBeNaN();
  expect(corrected).toBe(false);
  expect(status).toBe('stopped');
  expect(message).toContain('too far from the posterior');
});

test('when all paths fail the error names the site', () => {
  const broken: Model<null> = ({ sample, factor, normal, log, neg, exp }) =>
    factor('broken', log(neg(exp(sample('x', normal(0, 1))))));
  expect(() => pathfinder(broken, null)).toThrow('site "broken" has log density NaN where a path started');
});

test.each([
  [{ paths: 0 }, 'paths is 0, a whole number from 1 was due'],
  [{ radius: -1 }, 'radius is -1'],
  [{ path: 3 }, 'unknown option "path", did you mean "paths"?'],
])('%j is refused', (options, message) => {
  expect(() => pathfinder(eightSchools, schools, options as object)).toThrow(message);
});

const reason = 'MIXTENTION_POSTERIORDB names no folder with its files';
test.skipIf(posteriorFolder === undefined).each(posteriors)(
  `%s: means within 0.25 deviations, deviations within 25 %% (skipped where ${reason})`,
  (name, model) => {
    const { data, reference } = readPosterior(name);
    const result = pathfinder(model, data);
    const { mean, sd } = distances(result.sites, reference);
    expect(result.paretoK).toBeLessThan(0.7);
    expect(mean).toBeLessThan(0.25);
    expect(sd).toBeLessThan(0.25);
  },
);
