import { cholesky } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { summedOut } from '../discrete/index.ts';
import type { Distribution } from '../distributions/index.ts';
import type { Value } from '../graph/index.ts';
import { canBeNonCentred, type Model, type ModelTools, nonCentred, posterior } from './index.ts';

/** Two members whose location and scale are made of a latent, one family each. */
const families: { readonly [name: string]: (m: ModelTools, s: Value) => Distribution } = {
  normal: (m, s) => m.normal(m.mul(2, s), s),
  studentT: (m, s) => m.studentT(4, s, m.exp(s)),
  cauchy: (m, s) => m.cauchy(s, s),
  laplace: (m, s) => m.laplace(1, s),
  logistic: (m, s) => m.logistic(s, s),
  gumbel: (m, s) => m.gumbel(s, s),
  logNormal: (m, s) => m.logNormal(s, s),
  halfNormal: (m, s) => m.halfNormal(s),
  halfCauchy: (m, s) => m.halfCauchy(s),
  halfStudentT: (m, s) => m.halfStudentT(3, s),
  weibull: (m, s) => m.weibull(2, s),
  exponential: (m, s) => m.exponential(s),
  gamma: (m, s) => m.gamma(3, s),
  inverseGamma: (m, s) => m.inverseGamma(3, s),
  'multivariateNormal (deviations)': (m, s) => m.multivariateNormal([1, 2], { deviations: m.stack([s, m.exp(s)], -1) }),
  'multivariateNormal (covariance)': (m, s) =>
    m.multivariateNormal([1, 2], {
      covariance: m.reshape(m.stack([m.mul(2, s), s, s, m.mul(3, s)]), [2, 2]),
    }),
};

const of =
  (family: string): Model<null> =>
  (m) => {
    const s = m.sample('s', m.logNormal(0, 0.3));
    m.plate('members', 2, () => m.sample('x', families[family]!(m, s)));
  };

const u = Float64Array.of(0.3, -0.7, 0.4, 1.1, -0.2);

test.each(Object.keys(families))(
  '%s: densities in both coordinates differ by the volume of the map between them',
  (family) => {
    const stated = posterior(of(family), null);
    const other = posterior(nonCentred(of(family), ['x']), null);
    const d = stated.dimension;
    expect(other.dimension).toBe(d);
    const z = u.subarray(0, d);
    const valuesAt = (at: Float64Array): { s: Float64Array; x: Float64Array } => {
      const all = other.values(at);
      return { s: all.slice(0, 1), x: all.slice(1) };
    };
    const back = (at: Float64Array): Float64Array => stated.freeOf(valuesAt(at));
    const moved = (at: Float64Array, i: number, h: number): Float64Array => at.map((x, j) => (j === i ? x + h : x));
    const columns = Array.from({ length: d }, (_, i) => {
      const [up, down] = [back(moved(z, i, 1e-5)), back(moved(z, i, -1e-5))];
      return up.map((x, j) => (x - down[j]!) / 2e-5);
    });
    const due = stated.logDensity(back(z)) + logDeterminant(columns);
    expect(other.logDensity(z)).toBeCloseTo(due, 6);
    other.freeOf(valuesAt(z)).forEach((x, i) => {
      expect(x).toBeCloseTo(z[i]!, 10);
    });
  },
);

/** By the Cholesky factor of JᵀJ. */
function logDeterminant(columns: readonly Float64Array[]): number {
  const d = columns.length;
  const gram = Float64Array.from({ length: d * d }, (_, at) =>
    columns[Math.floor(at / d)]!.reduce((total, x, i) => total + x * columns[at % d]![i]!, 0),
  );
  const factor = new Float64Array(d * d);
  expect(cholesky(gram, d, factor)).toBe(d);
  return Array.from({ length: d }, (_, i) => Math.log(factor[i * (d + 1)]!)).reduce((a, b) => a + b, 0);
}

test('free coordinates of some values alone have zeros for the others, whatever these depend on', () => {
  const { freeOf } = posterior(nonCentred(of('normal'), ['x']), null);
  expect([...freeOf({ s: [1] })]).toEqual([0, 0, 0]);
  expect([...freeOf({ x: [3, 4] })]).toEqual([0, 1, 2]);
});

test('sites are offered whose location or scale is latent, and no others', () => {
  const model: Model<readonly number[]> = (
    { sample, observe, plate, normal, halfNormal, beta, bernoulli, add, mul },
    y,
  ) => {
    const mean = sample('mean', normal(0, 10));
    const sd = sample('sd', halfNormal(5));
    sample('share', beta(2, mul(sd, sd)));
    const theta = plate('n', y.length, () => sample('theta', normal(mean, sd)));
    const chosen = plate('n', y.length, () => sample('chosen', bernoulli(0.3)));
    const shifted = plate('n', y.length, () => sample('shifted', normal(mul(sd, chosen), 1)));
    const known = plate('n', y.length, () => sample('known', normal(y, 2)));
    plate('n', y.length, () => observe('y', normal(add(theta, shifted, known), 1), y));
  };
  expect(canBeNonCentred(summedOut(model), [1, 2, 3])).toEqual(['theta']);
});

test('what has no such coordinates is refused by name', () => {
  const refused =
    (sites: readonly string[], model = of('normal')) =>
    () =>
      posterior(nonCentred(model, sites), null);
  expect(refused(['t'])).toThrow(/"t" was to have non-centred coordinates, and is no latent; latents are s, x/);
  for (const sites of [undefined, 'x', [1]])
    expect(() => nonCentred(of('normal'), sites as never)).toThrow(/sites is .*, a list of names of latents was due/);
  const share: Model<null> = ({ sample, beta }) => sample('p', beta(1, 2));
  expect(refused(['p'], share)).toThrow(/site "p" of beta has neither location nor scale/);
  const mixed: Model<null> = ({ sample, observe, bernoulli, normal }) => {
    const z = sample('z', bernoulli(0.5));
    observe('y', normal(sample('x', normal(z, 1)), 1), 0.5);
  };
  expect(refused(['x'], summedOut(mixed))).toThrow(/depend on "z", which is summed out/);
});
