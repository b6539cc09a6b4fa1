import { bernoulli, gaussianFull, gaussianSpherical, gaussianTied, MixtureModel, product } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { complete } from './complete.ts';

const family = product([
  { family: gaussianFull, columns: [3, 0] },
  { family: bernoulli, columns: [1, 5] },
  { family: product([{ family: gaussianTied, columns: [1, 0] }]), columns: [2, 4] },
]);
const means = [
  [0.5, 0.2, -1, 1, 0, 0.9],
  [-0.5, 0.7, 0.4, 0, 1, 0.3],
  [1, 0.4, 0, -1, 0.5, 0.6],
];
const covariances = [0.6, -0.5, 0.2].map((c) => {
  const data = new Float64Array(36);
  for (const [i, j, v] of [
    [0, 3, c],
    [2, 4, 0.4],
  ] as const) {
    data[6 * i + i] = 1;
    data[6 * j + j] = 1.5;
    data[6 * i + j] = data[6 * j + i] = v;
  }
  return { data, rows: 6, cols: 6 };
});
const model = new MixtureModel({
  family,
  logWeights: Float64Array.of(0.5, 0.3, 0.2).map(Math.log),
  params: family.fromDescription({ means: { data: Float64Array.from(means.flat()), rows: 3, cols: 6 }, covariances }),
});
const rows = model.sample(4, 2).x;

/** Each component by itself: its density of whole rows is all that the oracle below asks for. */
const alone = [0, 1, 2].map(
  (k) =>
    new MixtureModel({ family, logWeights: Float64Array.of(0), params: family.select(model.params as never, [k]) }),
);

/** Every value that hidden columns may take, with its share of the measure: both of a bit, a fine grid of a number. */
function values(hidden: readonly number[]): { at: number[]; measure: number }[] {
  return hidden.reduce<{ at: number[]; measure: number }[]>(
    (all, d) => {
      const isBit = d === 1 || d === 5;
      const own = isBit ? [0, 1] : Array.from({ length: 241 }, (_, i) => -9 + 0.075 * i);
      return all.flatMap(({ at, measure }) =>
        own.map((v) => ({ at: [...at, v], measure: measure * (isBit ? 1 : 0.075) })),
      );
    },
    [{ at: [], measure: 1 }],
  );
}

/** Bayes' theorem by adding up whole densities over everything that is hidden. */
function bruteForce(row: ArrayLike<number>, hidden: readonly number[], T: number) {
  const grid = values(hidden);
  const data = new Float64Array(grid.length * 6);
  grid.forEach(({ at }, i) => {
    for (let d = 0; d < 6; d++) data[6 * i + d] = hidden.includes(d) ? at[hidden.indexOf(d)]! : row[d]!;
  });
  const all = alone.map((one, k) => {
    const p = one.logDensity({ data, rows: grid.length, cols: 6 }).map((l, i) => Math.exp(l) * grid[i]!.measure);
    const seen = model.weights[k]! * p.reduce((sum, v) => sum + v, 0);
    const mean = hidden.map(
      (_, h) => p.reduce((sum, v, i) => sum + v * grid[i]!.at[h]!, 0) / (seen / model.weights[k]!),
    );
    const whole = Math.exp(one.logDensity({ data: Float64Array.from(row), rows: 1, cols: 6 })[0]!);
    return { seen, mean, hidden: (model.weights[k]! * whole) / seen };
  });
  const total = all.reduce((sum, own) => sum + own.seen ** T, 0);
  const r = all.map((own) => own.seen ** T / total);
  return {
    logEvidence: Math.log(all.reduce((sum, own) => sum + own.seen, 0)),
    responsibilities: r,
    predicted: hidden.map((_, h) => all.reduce((sum, own, k) => sum + r[k]! * own.mean[h]!, 0)),
    joint: Math.log(all.reduce((sum, own, k) => sum + r[k]! * own.hidden, 0)),
  };
}

describe.each(await backends())('completions of a product of families on $backend.name', ({ backend }) => {
  const tolerance = backend.precision === 'float64' ? 1e-8 : 2e-5;
  test.each([
    { hidden: [0], T: 1 },
    { hidden: [1, 3], T: 1 },
    { hidden: [0, 4], T: 0.5 },
    { hidden: [1, 2, 5], T: 2 },
    { hidden: [1, 5], T: 0.3 },
  ])('are Bayes’ theorem when columns $hidden are hidden, at T = $T', ({ hidden, T }) => {
    const mask = [0, 1, 2, 3, 4, 5].map((d) => !hidden.includes(d));
    const came = complete(model, rows, mask, { truth: rows, responsibilities: true, logitScale: T, backend });
    for (let n = 0; n < rows.rows; n++) {
      const due = bruteForce(rows.data.subarray(6 * n, 6 * n + 6), hidden, T);
      expect(Math.abs(came.logEvidence[n]! - due.logEvidence)).toBeLessThan(tolerance);
      expect(Math.abs(came.jointLogProbability![n]! - due.joint)).toBeLessThan(tolerance);
      due.responsibilities.forEach((r, k) => {
        expect(Math.abs(came.responsibilities!.data[3 * n + k]! - r)).toBeLessThan(tolerance);
      });
      due.predicted.forEach((v, h) => {
        expect(Math.abs(came.completed.data[6 * n + hidden[h]!]! - v)).toBeLessThan(10 * tolerance);
      });
      const [only] = hidden;
      if (hidden.length === 1)
        expect(Math.abs(came.marginalLogProbability![n]! - due.joint), `column ${only}`).toBeLessThan(tolerance);
    }
  });
});

test('rows of a product may have masks of their own, and a product of binary parts is binary', () => {
  const mask = Uint8Array.from({ length: 24 }, (_, i) => Number((i * 5) % 7 > 2));
  const table = Array.from({ length: 4 }, (_, n) => Array.from(mask.subarray(6 * n, 6 * n + 6)));
  const all = complete(model, rows, table);
  for (let n = 0; n < 4; n++) {
    const row = { data: rows.data.slice(6 * n, 6 * n + 6), rows: 1, cols: 6 };
    const one = complete(model, row, mask.slice(6 * n, 6 * n + 6));
    expect(all.logEvidence[n]).toBeCloseTo(one.logEvidence[0]!, 12);
    expect([...all.completed.data.subarray(6 * n, 6 * n + 6)]).toEqual(
      [...one.completed.data].map((v) => expect.closeTo(v, 12)),
    );
  }
  const bits = { data: Float64Array.of(0.9, 0.2, 0.4, 0.1, 0.7, 0.8), rows: 2, cols: 3 };
  const logWeights = Float64Array.of(0.4, 0.6).map(Math.log);
  const of = (own: typeof bernoulli) =>
    new MixtureModel({ family: own, logWeights, params: own.fromDescription({ means: bits, covariances: null }) });
  const split = product([
    { family: bernoulli, columns: [2, 0] },
    { family: bernoulli, columns: [1] },
  ]);
  const x = [
    [1, 0, 0],
    [0, 1, 1],
  ];
  const masks = [
    [1, 0, 1],
    [0, 0, 1],
  ];
  const [due, came] = [of(bernoulli), of(split as never)].map((own) => complete(own, x, masks, { truth: x }));
  expect([...came!.completed.data]).toEqual([...due!.completed.data].map((v) => expect.closeTo(v, 12)));
  expect([...came!.marginalLogProbability!]).toEqual(
    [...due!.marginalLogProbability!].map((v) => expect.closeTo(v, 12)),
  );
});

test('a family that tells no marginals is refused by name', () => {
  const { marginal, ...without } = gaussianSpherical;
  const params = { width: 2, means: Float64Array.of(0, 1), variances: Float64Array.of(1) };
  const one = new MixtureModel({ family: without, logWeights: Float64Array.of(0), params });
  expect(() => complete(one, [[0, 1]], [true, false])).toThrow('the family gaussian-spherical has no marginals');
});
