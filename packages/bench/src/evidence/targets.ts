import { lgamma, logSumExp } from '@mixtention/core/numeric';
import type { Model } from '@mixtention/svi';

/** A model whose log evidence is known otherwise: in closed form, by quadrature, or because it is a prior alone. */
export type Target = {
  readonly name: string;
  readonly model: Model<null>;
  readonly logEvidence: number;
};

type Schools = { readonly y: readonly number[]; readonly sigma: readonly number[] };

const EIGHT: Schools = { y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

/** Twenty-five members whose effects scatter by some 6 and errors by 4 to 13. */
const MANY: Schools = {
  y: Array.from({ length: 25 }, (_, j) => 3 + 9 * Math.sin(2.4 * j + 1) * Math.cos(0.7 * j)),
  sigma: Array.from({ length: 25 }, (_, j) => 4 + 9 * Math.abs(Math.sin(1.7 * j)) ** 2),
};

const PRIOR = 5;

/** Effects, their mean and their scale; as stated first, or standard effects. */
const hierarchy =
  ({ y, sigma }: Schools, isCentred: boolean): Model<null> =>
  ({ sample, observe, plate, normal, halfCauchy, add, mul }) => {
    const mu = sample('mu', normal(0, PRIOR));
    const tau = sample('tau', halfCauchy(PRIOR));
    const theta = plate('members', y.length, () =>
      isCentred ? sample('theta', normal(mu, tau)) : add(mu, mul(tau, sample('t', normal(0, 1)))),
    );
    observe('y', normal(theta, sigma), y);
  };

/** By the trapezoid rule over log tau, effects and their mean integrated in closed form. */
function hierarchyEvidence({ y, sigma }: Schools): number {
  const [count, low, high] = [20_001, -16, 12];
  const width = (high - low) / (count - 1);
  return logSumExp(
    Float64Array.from({ length: count }, (_, i) => {
      const logTau = low + width * i;
      const tau = Math.exp(logTau);
      let [precision, linear, square, logDet] = [1 / PRIOR ** 2, 0, 0, Math.log(2 * Math.PI * PRIOR ** 2)];
      for (const [j, x] of y.entries()) {
        const variance = tau ** 2 + sigma[j]! ** 2;
        precision += 1 / variance;
        linear += x / variance;
        square += x ** 2 / variance;
        logDet += Math.log(2 * Math.PI * variance);
      }
      const data = 0.5 * (linear ** 2 / precision - square - logDet + Math.log((2 * Math.PI) / precision));
      const prior = Math.log(2 / (Math.PI * PRIOR)) - Math.log1p((tau / PRIOR) ** 2) + logTau;
      return data + prior + Math.log(i === 0 || i === count - 1 ? width / 2 : width);
    }),
  );
}

type Line = { readonly x: readonly number[]; readonly y: readonly number[] };

const line = (count: number): Line => {
  const x = Array.from({ length: count }, (_, i) => i - (count - 1) / 2);
  return { x, y: x.map((v, i) => 1 + 0.5 * v + 0.8 * Math.sin(5 * i + 1)) };
};

/** y ~ N(a + b x, s²), a and b ~ N(0, 100 s²), 1/s² ~ Gamma(1, 1). */
const lineModel =
  ({ x, y }: Line): Model<null> =>
  ({ sample, observe, plate, normal, gamma, add, mul, sqrt, div }) => {
    const sd = div(1, sqrt(sample('precision', gamma(1, 1))));
    const [a, b] = [sample('a', normal(0, mul(10, sd))), sample('b', normal(0, mul(10, sd)))];
    plate('points', x.length, () => observe('y', normal(add(a, mul(b, x)), sd), y));
  };

function lineEvidence({ x, y }: Line): number {
  const n = x.length;
  const sum = (of: (i: number) => number): number => x.reduce((total, _, i) => total + of(i), 0);
  const [sx, sxx, sy, syy, sxy] = [
    sum((i) => x[i]!),
    sum((i) => x[i]! ** 2),
    sum((i) => y[i]!),
    sum((i) => y[i]! ** 2),
    sum((i) => x[i]! * y[i]!),
  ] as [number, number, number, number, number];
  const [aa, bb] = [n + 0.01, sxx + 0.01];
  const det = aa * bb - sx ** 2;
  const explained = (bb * sy ** 2 - 2 * sx * sy * sxy + aa * sxy ** 2) / det;
  const shape = 1 + n / 2;
  const rate = 1 + 0.5 * (syy - explained);
  const gaussian = -0.5 * n * Math.log(2 * Math.PI) - 0.5 * Math.log(det) - Math.log(100);
  return gaussian - shape * Math.log(rate) + lgamma(shape);
}

const funnel =
  (leaves: number, sd: number): Model<null> =>
  ({ sample, plate, normal, exp, mul }) => {
    const v = sample('v', normal(0, sd));
    plate('leaves', leaves, () => sample('x', normal(0, exp(mul(0.5, v)))));
  };

const independent =
  (count: number, degrees: number): Model<null> =>
  ({ sample, plate, studentT }) =>
    plate('members', count, () => sample('x', studentT(degrees, 0, 1)));

const modes =
  (at: number): Model<null> =>
  ({ sample, mixture, normal }) =>
    sample('x', mixture([0.3, 0.7], normal([-at, at], 1)));

const priors: { readonly [name: string]: Model<null> } = {
  'funnel, 3 leaves, N(0, 3)': funnel(3, 3),
  'funnel, 9 leaves, N(0, 3)': funnel(9, 3),
  'funnel, 9 leaves, N(0, 1)': funnel(9, 1),
  banana: ({ sample, normal, square, sub }) => sample('y', normal(sub(square(sample('x', normal(0, 1))), 1), 0.5)),
  horseshoe: ({ sample, plate, normal, halfCauchy, mul }) => {
    const t = sample('t', halfCauchy(1));
    plate('members', 3, () => sample('b', normal(0, mul(t, sample('l', halfCauchy(1))))));
  },
  '1 number of t, 3 degrees': independent(1, 3),
  '5 numbers of t, 3 degrees': independent(5, 3),
  '20 numbers of t, 3 degrees': independent(20, 3),
  '3 Cauchy numbers': independent(3, 1),
  'gamma, beta, half-normal, exponential, log-normal': ({
    sample,
    gamma,
    beta,
    halfNormal,
    exponential,
    logNormal,
  }) => {
    sample('g', gamma(0.5, 1));
    sample('b', beta(0.7, 0.7));
    sample('h', halfNormal(1));
    sample('e', exponential(1));
    sample('l', logNormal(0, 1));
  },
  Dirichlet: ({ sample, dirichlet }) => sample('p', dirichlet([0.5, 1, 3, 0.8])),
  'two modes, 6 deviations apart': modes(3),
};

/** Modes so far apart that only a path which begins on the right side finds the other: no weights can tell of what no draw has seen. */
export const unseen: Target = { name: 'two modes, 12 deviations apart', model: modes(6), logEvidence: 0 };

export const targets: readonly Target[] = [
  ...([EIGHT, MANY] as const).flatMap((data) =>
    [true, false].map((isCentred) => ({
      name: `${data.y.length} schools, ${isCentred ? 'centred' : 'non-centred'}`,
      model: hierarchy(data, isCentred),
      logEvidence: hierarchyEvidence(data),
    })),
  ),
  ...[4, 10, 50].map((count) => ({
    name: `line through ${count} points`,
    model: lineModel(line(count)),
    logEvidence: lineEvidence(line(count)),
  })),
  ...Object.entries(priors).map(([name, model]) => ({ name, model, logEvidence: 0 })),
];
