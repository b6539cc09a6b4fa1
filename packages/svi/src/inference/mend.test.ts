import { expect, test } from 'vitest';
import eightSchools from '../examples/eight-schools.mjs';
import type { Model } from '../model/index.ts';
import { distances, flatten } from '../testing-targets.ts';
import { svi } from './svi.ts';

const schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

test('a Laplace approximation of eight schools is mended to the moments of posteriordb, and k̂ stays its own', () => {
  const { paretoK, corrected, mended, message, sites, uncorrectedSites } = svi(eightSchools, schools, {
    guide: 'autoLaplace',
  });
  const reference = { mu: [4.410518, 3.309296], tau: [3.60206, 3.198478], 'theta[1]': [6.150502, 5.615863] } as const;
  expect(paretoK).toBeGreaterThan(0.7);
  expect(corrected).toBe(true);
  expect(mended!.rounds).toBeGreaterThan(0);
  expect(mended!.paretoK).toBeLessThan(0.7);
  expect(message).toContain('not the guide');
  expect(distances(uncorrectedSites, reference).sd).toBeGreaterThan(1);
  const { mean, sd } = distances(sites, reference);
  expect(mean).toBeLessThan(0.1);
  expect(sd).toBeLessThan(0.1);
});

/** Three normal variables of deviation 1, each two with this correlation; the evidence is 1. */
const alike: Model<null> = ({ sample, deterministic, multivariateNormal, sum }) => {
  const rho = 0.97;
  const x = sample(
    'x',
    multivariateNormal([0, 0, 0], {
      covariance: [
        [1, rho, rho],
        [rho, 1, rho],
        [rho, rho, 1],
      ],
    }),
  );
  deterministic('total', sum(x));
};

test('mean field on correlated variables is mended, sites that are asked for alone too; without rounds it is left as it is', () => {
  const options = { guide: 'autoNormal', report: ['total'] } as const;
  const { corrected, mended, sites, logEvidence, logEvidenceStandardError, draws } = svi(alike, null, options);
  expect(mended).not.toBeNull();
  expect(corrected).toBe(true);
  expect(Object.keys(sites)).toEqual(['total']);
  expect(draws.cols).toBe(1);
  expect(flatten(sites.total!.sd)[0]! / Math.sqrt(3 + 6 * 0.97)).toBeCloseTo(1, 1);
  expect(Math.abs(logEvidence)).toBeLessThan(4 * logEvidenceStandardError);
  const left = svi(alike, null, { ...options, rounds: 0 });
  expect(left).toMatchObject({ mended: null, corrected: false, sites: left.uncorrectedSites });
  expect(left.logEvidenceStandardError).toBeNaN();
});

test('where no proposal comes near the result stays the guide’s', () => {
  const funnel: Model<null> = ({ sample, normal, exp, mul }) => {
    const v = sample('v', normal(0, 3));
    for (let i = 0; i < 9; i++) sample(`x${i}`, normal(0, exp(mul(0.5, v))));
  };
  const { mended, corrected, sites, uncorrectedSites } = svi(funnel, null, {
    guide: 'autoNormal',
    steps: 1000,
    nonCentred: [],
  });
  expect(mended).toBeNull();
  expect(corrected).toBe(false);
  expect(sites).toEqual(uncorrectedSites);
});
