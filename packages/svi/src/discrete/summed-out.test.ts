import { expect, test } from 'vitest';
import { posteriorPredictive, svi } from '../inference/index.ts';
import { type Model, posterior } from '../model/index.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { summedOut } from './index.ts';

const logSumExp = (x: readonly number[]): number => {
  const top = Math.max(...x);
  return top + Math.log(x.reduce((total, v) => total + Math.exp(v - top), 0));
};
const counts = [0, 3, 0, 0, 1, 2, 0, 4, 0, 1, 0, 0, 2, 3, 0];

/** Zero-inflated counts: each is 0 by a switch, or of a Poisson distribution. */
const inflated: Model<readonly number[]> = (
  { sample, observe, plate, beta, gamma, bernoulli, poisson, mul, sub },
  y,
) => {
  const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 0.5))];
  plate('n', y.length, () => {
    const zero = sample('zero', bernoulli(gate));
    observe('y', poisson(mul(rate, sub(1, zero))), y);
  });
};
/** The same, summed out by hand. */
const byHand: Model<readonly number[]> = ({ sample, factor, beta, gamma, poisson, ...m }, y) => {
  const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 0.5))];
  const seen = m.add(m.log(m.sub(1, gate)), poisson(rate).logDensity(m.value(y)));
  const zeros = y.map((v) => (v === 0 ? 0 : Number.NEGATIVE_INFINITY));
  factor('y', m.logSumExp(m.stack([seen, m.add(m.log(gate), zeros)]), 0));
};

test('zero-inflated counts: density and gradient are those of the sum by hand, and draws of switches go with counts', () => {
  const [ours, due] = [posterior(summedOut(inflated), counts), posterior(byHand, counts)];
  const [a, b] = [new Float64Array(2), new Float64Array(2)];
  for (const u of [
    [0.3, 0.2],
    [-2, 1.4],
    [3, -1],
  ]) {
    const at = Float64Array.from(u);
    expect(ours.logDensity(at, a)).toBeCloseTo(due.logDensity(at, b), 10);
    a.forEach((slope, i) => {
      expect(slope).toBeCloseTo(b[i]!, 10);
    });
  }
  const fit = svi(inflated, counts, { discrete: 'summed-out' });
  expect(fit.status).toBe('converged');
  expect(fit.method).toBe('autoMultivariateNormal');
  const hand = svi(byHand, counts);
  expect(Math.abs(fit.bound - hand.bound)).toBeLessThan(0.02);
  const zero = fit.sites.zero!.mean as number[];
  counts.forEach((y, n) => {
    if (y > 0) expect(zero[n]).toBe(0);
    else expect(zero[n]! > 0.6 && zero[n]! < 1).toBe(true);
  });
  const again = posteriorPredictive(inflated, counts, fit).sites.y!.mean as number[];
  counts.forEach((y, n) => {
    expect(again[n]! > (y > 0 ? 1.5 : 0)).toBe(true);
  });
  expect(pathfinder(inflated, counts).sites.gate!.mean).toBeCloseTo(fit.sites.gate!.mean as number, 1);
});

test('a chain of states: the density is that of forward filtering, and draws are those of its smoothing', () => {
  const y = [0.2, 1.9, 2.2, 2.1, -0.3, 0.1, 1.7];
  const stay = 0.8;
  const chain: Model<readonly number[]> = ({ sample, observe, normal, categorical, where, equal }, rows) => {
    const shift = sample('shift', normal(0, 1));
    let before: ReturnType<typeof sample> | null = null;
    rows.forEach((v, t) => {
      const given = before === null ? [0.5, 0.5] : where(equal(before, 0), [stay, 1 - stay], [1 - stay, stay]);
      const z = sample(`z${t}`, categorical(given));
      observe(`y${t}`, normal(where(equal(z, 0), shift, 2), 0.6), v);
      before = z;
    });
  };
  const filter = (shift: number): number => {
    const emit = (v: number, k: number): number =>
      -0.5 * ((v - (k === 0 ? shift : 2)) / 0.6) ** 2 - Math.log(0.6) - 0.5 * Math.log(2 * Math.PI);
    let alpha = [0, 1].map((k) => Math.log(0.5) + emit(y[0]!, k));
    for (const v of y.slice(1))
      alpha = [0, 1].map(
        (k) => emit(v, k) + logSumExp([0, 1].map((j) => alpha[j]! + Math.log(j === k ? stay : 1 - stay))),
      );
    return logSumExp(alpha) - 0.5 * shift * shift - 0.5 * Math.log(2 * Math.PI);
  };
  const { logDensity, dimension } = posterior(summedOut(chain), y);
  expect(dimension).toBe(1);
  for (const shift of [-0.4, 0, 1.3]) expect(logDensity(Float64Array.of(shift))).toBeCloseTo(filter(shift), 10);
  // By brute force over all paths at the mean of the posterior.
  const { sites } = svi(chain, y, { discrete: 'summed-out' });
  expect(y.map((_, t) => Math.round(sites[`z${t}`]!.mean as number))).toEqual([0, 1, 1, 1, 0, 0, 1]);
  // Fifty steps, as a loop would write them.
  const long = Array.from({ length: 50 }, (_, t) => 2 * Number(t % 10 > 4));
  const gradient = new Float64Array(1);
  expect(Number.isFinite(posterior(summedOut(chain), long).logDensity(Float64Array.of(0.1), gradient))).toBe(true);
  expect(Number.isFinite(gradient[0]!)).toBe(true);
});

test('places that a latent says: assignments of a mixture, and a chain whose transitions are rows of a matrix', () => {
  const y = [0.2, 1.9, 2.2, 4.1, -0.3];
  const [weights, sds, at] = [
    [0.2, 0.5, 0.3],
    [0.5, 0.6, 0.7],
    [0.3, 1.1, 3.7],
  ] as const;
  const told: Model<null> = ({ sample, observe, plate, normal, categorical, take }) => {
    const mu = sample('mu', normal([0, 1, 2], 1));
    plate('n', y.length, () => {
      const z = sample('z', categorical(weights));
      observe('y', normal(take(mu, z), take(sds, z)), y);
    });
  };
  const summed: Model<null> = ({ sample, observe, normal, mixture }) => {
    observe('y', mixture(weights, normal(sample('mu', normal([0, 1, 2], 1)), sds)), y);
  };
  const [a, b] = [posterior(summedOut(told), null), posterior(summed, null)];
  expect(a.logDensity(Float64Array.from(at))).toBeCloseTo(b.logDensity(Float64Array.from(at)), 10);

  const transitions = [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
  ]; // prettier-ignore
  const chain: Model<null> = ({ sample, observe, normal, categorical, take }) => {
    const mu = sample('mu', normal([0, 1, 2], 1));
    y.reduce<ReturnType<typeof sample> | null>((before, v, t) => {
      const z = sample(`z${t}`, categorical(before === null ? weights : take(transitions, before)));
      observe(`y${t}`, normal(take(mu, z), 0.6), v);
      return z;
    }, null);
  };
  const normalAt = (x: number, sd: number): number => Math.exp(-0.5 * (x / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));
  let alpha: readonly number[] = weights.map((w, k) => w * normalAt(y[0]! - at[k]!, 0.6));
  for (const v of y.slice(1))
    alpha = at.map((m, k) => normalAt(v - m, 0.6) * alpha.reduce((sum, w, j) => sum + w * transitions[j]![k]!, 0));
  const prior = at.reduce((total, m, k) => total + Math.log(normalAt(m - k, 1)), 0);
  const due = Math.log(alpha.reduce((p, q) => p + q)) + prior;
  expect(posterior(summedOut(chain), null).logDensity(Float64Array.from(at))).toBeCloseTo(due, 10);
});

test('a switch of all rows, switches of rows, and plates within plates', () => {
  const y = [
    [0.1, 0.4, -0.3],
    [1.8, 2.3, 0.2],
  ];
  const nested: Model<null> = ({ sample, observe, plate, normal, bernoulli, add, mul, transpose }) => {
    const all = sample('all', bernoulli(0.3));
    const shift = sample('shift', normal(0, 1));
    plate('groups', 2, () => {
      const group = sample('group', bernoulli(add(0.4, mul(0.2, all))));
      plate('rows', 3, () => {
        const row = sample('row', bernoulli(add(0.1, mul(0.5, group))));
        observe('y', normal(add(shift, mul(2, row)), 0.5), transpose(y));
      });
    });
  };
  const logNormal = (x: number, at: number): number =>
    -0.5 * ((x - at) / 0.5) ** 2 - Math.log(0.5) - 0.5 * Math.log(2 * Math.PI);
  const due = (shift: number): number =>
    logSumExp(
      [0, 1].map((all) =>
        y.reduce(
          (total, rows) =>
            total +
            logSumExp(
              [0, 1].map((group) => {
                const p = 0.4 + 0.2 * all;
                return rows.reduce(
                  (sum, x) => {
                    const q = 0.1 + 0.5 * group;
                    return (
                      sum + logSumExp([Math.log(1 - q) + logNormal(x, shift), Math.log(q) + logNormal(x, shift + 2)])
                    );
                  },
                  Math.log(group ? p : 1 - p),
                );
              }),
            ),
          Math.log(all ? 0.3 : 0.7),
        ),
      ),
    ) -
    0.5 * shift ** 2 -
    0.5 * Math.log(2 * Math.PI);
  const { logDensity } = posterior(summedOut(nested), null);
  for (const shift of [-0.5, 0.2]) expect(logDensity(Float64Array.of(shift))).toBeCloseTo(due(shift), 10);
});

test('weights count members that are summed out, and what cannot be is refused in one sentence', () => {
  const weighed: Model<readonly number[]> = ({ sample, observe, plate, normal, bernoulli, mul }, times) => {
    const shift = sample('shift', normal(0, 1));
    plate('n', 3, { weights: times }, () =>
      observe('y', normal(mul(shift, sample('z', bernoulli(0.4))), 1), [0.3, 1.2, -0.4]),
    );
  };
  const at = Float64Array.of(0.7);
  const value = (times: readonly number[]): number => posterior(summedOut(weighed), times).logDensity(at);
  expect(value([2, 0, 1]) - value([0, 0, 0])).toBeCloseTo(
    2 * (value([1, 0, 0]) - value([0, 0, 0])) + value([0, 0, 1]) - value([0, 0, 0]),
    10,
  );
  const mixed: Model<null> = ({ sample, observe, plate, normal, bernoulli, sum }) => {
    const shift = sample('shift', normal(0, 1));
    const z = plate('n', 3, () => sample('z', bernoulli(0.4)));
    observe('y', normal(shift, sum(z)), 0.3);
  };
  expect(() => posterior(summedOut(mixed), null)).toThrow(
    'site "y" depends on members of "z" that no plate tells apart',
  );
  const bounds: Model<null> = ({ sample, uniform, bernoulli, add }) =>
    sample('x', uniform(0, add(1, sample('z', bernoulli(0.4)))));
  expect(() => posterior(summedOut(bounds), null)).toThrow('the support of site "x" depends on "z"');
  expect(() => svi(({ sample, normal }) => sample('x', normal(0, 1)), null, { discrete: 'summed-out' })).toThrow(
    'the model has no discrete latent',
  );
});
