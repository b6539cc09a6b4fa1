import { expect, test } from 'vitest';
import { svi } from '../inference/svi.ts';
import type { Model } from '../model/index.ts';
import type { SiteSummaries } from '../report/index.ts';
import { pathfinder } from './pathfinder.ts';

// A hierarchy as Stan's users write it: centred, flat deviations, far from where starts are. Its density rises without end as tau comes to 0.
const [groups, members] = [8, 5];
const means = [-1.1, 0.4, 2.0, -0.3, 0.9, -1.7, 0.2, 1.2].map((x) => 50 + 3 * x);
const y = means.map((m) => [-1.3, -0.4, 0.1, 0.5, 1.1].map((e) => m + 2 * e));
const model: Model<null> = ({ sample, observe, normal, flat, reshape }) => {
  const [mu, tau] = [sample('mu', normal(0, 100)), sample('tau', flat({ lower: 0 }))];
  const sigma = sample('sigma', flat({ lower: 0 }));
  const a = sample('a', normal(mu, tau), { shape: [groups] });
  observe('y', normal(reshape(a, [groups, 1]), sigma), y);
};

/** Means and deviations by a grid over both deviations, all else in closed form. */
function byQuadrature() {
  const own = y.map((row) => row.reduce((a, b) => a + b) / members);
  const grand = own.reduce((a, b) => a + b) / groups;
  const between = own.reduce((total, m) => total + (m - grand) ** 2, 0);
  const within = y.reduce((total, row, j) => total + row.reduce((sum, v) => sum + (v - own[j]!) ** 2, 0), 0);
  const free = groups * (members - 1);
  const [total, once, twice] = [{ w: 0 }, { mu: 0, tau: 0, sigma: 0 }, { mu: 0, tau: 0, sigma: 0 }];
  for (let i = 0; i < 1500; i++)
    for (let k = 0; k < 150; k++) {
      const [tau, sigma] = [(i + 0.5) * 0.04, 0.8 + (k + 0.5) * 0.02];
      const v = tau * tau + (sigma * sigma) / members;
      const spread = v / groups + 1e4;
      const logWeight =
        -free * Math.log(sigma) -
        within / (2 * sigma * sigma) -
        ((groups - 1) / 2) * Math.log(v) -
        between / (2 * v) -
        0.5 * Math.log(spread) -
        (grand * grand) / (2 * spread);
      const w = Math.exp(logWeight + 60);
      const variance = 1 / (groups / v + 1e-4);
      const mu = (variance * groups * grand) / v;
      total.w += w;
      for (const [name, x, extra] of [
        ['mu', mu, variance],
        ['tau', tau, 0],
        ['sigma', sigma, 0],
      ] as const) {
        once[name] += w * x;
        twice[name] += w * (x * x + extra);
      }
    }
  return (['mu', 'tau', 'sigma'] as const).map((name) => {
    const mean = once[name] / total.w;
    return { name, mean, sd: Math.sqrt(twice[name] / total.w - mean ** 2) };
  });
}

const due = byQuadrature();
const expectNear = (sites: SiteSummaries): void => {
  for (const { name, mean, sd } of due) {
    expect(Math.abs((sites[name]!.mean as number) - mean)).toBeLessThan(0.15 * sd);
    expect(Math.abs((sites[name]!.sd as number) / sd - 1)).toBeLessThan(0.15);
  }
};

test.each([0, 1])('a centred hierarchy whose density has no top, by steps from seed %i', (seed) => {
  const { status, corrected, sites } = svi(model, null, { seed });
  expect({ status, corrected }).toEqual({ status: 'converged', corrected: true });
  expectNear(sites);
});

test('and by Pathfinder, whose ascents all lead away', () => {
  const { corrected, sites, paths } = pathfinder(model, null);
  expect(paths.some(({ converged }) => converged)).toBe(false);
  expect(corrected).toBe(true);
  expectNear(sites);
});
