import type { Family, Matrix } from '@mixtention/core';
import { isScaled } from '@mixtention/core/data';
import { bernoulli, MixtureModel, simpleFamilies } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveCompletion, naiveLogSumExp } from '../testing/naive-mixture.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';
import { observedColumns } from './observed-columns.ts';
import type { Completion } from './types.ts';

const available = await backends();
const named: Family[] = Object.values(simpleFamilies);
const K = 5;
const D = 7;
const N = 40;

type Setting = { model: MixtureModel; x: Matrix; mask: Uint8Array; expected: Expected };
type Expected = {
  completed: number[];
  logEvidence: number[];
  responsibilities: number[];
  joint: number[];
  marginal: number[];
};

/** Rows from the model, a mask (one for each row, or one for all), and what brute force says. */
function setting(family: Family, kind: 'own' | 'shared', seed: number, shift = 0): Setting {
  const model = randomMixture(family, K, D, seed, shift);
  const { x } = model.sample(N, seed);
  const mask = draws(seed + 1).bits(kind === 'own' ? N * D : D);
  const expected: Expected = { completed: [], logEvidence: [], responsibilities: [], joint: [], marginal: [] };
  for (let n = 0; n < N; n++) {
    const row = x.data.subarray(n * D, (n + 1) * D);
    const cells = kind === 'own' ? mask.subarray(n * D, (n + 1) * D) : mask;
    const columns = [...cells.keys()];
    const hidden = columns.filter((d) => cells[d] === 0);
    const naive = naiveCompletion(
      model,
      row,
      columns.filter((d) => cells[d] === 1),
      hidden,
    );
    expected.completed.push(...columns.map((d) => (cells[d] === 1 ? row[d]! : naive.predicted[hidden.indexOf(d)]!)));
    expected.logEvidence.push(naive.logEvidence);
    expected.responsibilities.push(...naive.responsibilities);
    expected.joint.push(naive.joint);
    expected.marginal.push(naive.marginal);
  }
  return { model, x, mask, expected };
}

function worst(ours: Completion, expected: Expected): number {
  return Math.max(
    difference(ours.completed.data, expected.completed),
    difference(ours.logEvidence, expected.logEvidence),
    difference(ours.responsibilities!.data, expected.responsibilities),
    difference(ours.jointLogProbability!, expected.joint),
    difference(ours.marginalLogProbability!, expected.marginal),
  );
}

describe.each(available)('complete on $backend.name', ({ backend, tolerance }) => {
  describe.each(named.map((family) => ({ name: family.spec.name, family })))('under $name', ({ family }) => {
    test('equals brute-force Bayes where every row has its own mask', () => {
      const { model, x, mask, expected } = setting(family, 'own', 100);
      const ours = complete(model, x, mask, { backend, responsibilities: true, truth: x });
      expect(worst(ours, expected)).toBeLessThan(tolerance);
    });

    test('equals brute-force Bayes where rows share one mask', () => {
      const { model, x, mask, expected } = setting(family, 'shared', 200);
      const ours = complete(model, x, mask, { backend, responsibilities: true, truth: x });
      expect(worst(ours, expected)).toBeLessThan(tolerance);
    });

    test('a row that shows nothing gets the weights, and the mean of the mixture', () => {
      const model = randomMixture(family, K, D, 300);
      const { x } = model.sample(3, 0);
      const { responsibilities, completed, logEvidence } = complete(model, x, new Uint8Array(D), {
        backend,
        responsibilities: true,
      });
      const mean = Float64Array.from({ length: D }, (_, d) =>
        model.weights.reduce((sum, w, k) => sum + w * model.means.data[k * D + d]!, 0),
      );
      for (let n = 0; n < 3; n++) {
        expect(difference(responsibilities!.data.subarray(n * K, (n + 1) * K), model.weights)).toBeLessThan(tolerance);
        expect(difference(completed.data.subarray(n * D, (n + 1) * D), mean)).toBeLessThan(tolerance);
      }
      expect(difference(logEvidence, [0, 0, 0])).toBeLessThan(tolerance);
    });

    test('a row that shows everything gets its ordinary responsibilities and density, and nothing is predicted', () => {
      const model = randomMixture(family, K, D, 400);
      const { x } = model.sample(N, 1);
      const ours = complete(model, x, new Uint8Array(D).fill(1), { backend, responsibilities: true, truth: x });
      expect(difference(ours.responsibilities!.data, model.responsibilities(x).data)).toBeLessThan(tolerance);
      expect(difference(ours.logEvidence, model.logDensity(x))).toBeLessThan(tolerance);
      expect(ours.completed.data).toEqual(x.data);
      expect(difference(ours.jointLogProbability!, new Float64Array(N))).toBeLessThan(tolerance);
      expect([...ours.marginalLogProbability!]).toEqual(new Array(N).fill(0));
    });

    test('column by column, each predicted from those before it, the log-probabilities add up to log p(x)', () => {
      const model = randomMixture(family, K, D, 500);
      const { x } = model.sample(N, 2);
      const sum = new Float64Array(N);
      for (let d = 0; d < D; d++) {
        const first = leading(x, d + 1);
        const options = { backend, truth: first };
        const { marginalLogProbability } = complete(
          leadingModel(family, model, d + 1),
          first,
          observedColumns(d + 1, 0, d),
          options,
        );
        for (let n = 0; n < N; n++) sum[n]! += marginalLogProbability![n]!;
      }
      expect(difference(sum, model.logDensity(x))).toBeLessThan(tolerance);
    });
  });

  test.each(named.filter((family) => isScaled(family, 2)).map((family) => ({ name: family.spec.name, family })))(
    'under $name data 100,000 deviations from 0 lose nothing',
    ({ family }) => {
      const { model, x, mask } = setting(family, 'shared', 600, 2e5);
      const near = setting(family, 'shared', 600);
      const ours = complete(model, x, mask, { backend, responsibilities: true });
      const close = complete(near.model, near.x, mask, { responsibilities: true });
      expect(difference(ours.responsibilities!.data, close.responsibilities!.data)).toBeLessThan(1e-3);
    },
  );

  test('784 pixels one by one with a growing mask add up to log p(x)', () => {
    const pixels = 784;
    const model = randomMixture(bernoulli, 10, pixels, 700);
    const row = model.sample(1, 3).x.data;
    // Row t shows the first t pixels; the chance of pixel t is read from the prediction.
    const rows = {
      data: Float64Array.from({ length: pixels * pixels }, (_, i) => row[i % pixels]!),
      rows: pixels,
      cols: pixels,
    };
    const mask = Uint8Array.from({ length: pixels * pixels }, (_, i) => (i % pixels < Math.floor(i / pixels) ? 1 : 0));
    const { completed } = complete(model, rows, mask, { backend });
    let sum = 0;
    for (let t = 0; t < pixels; t++) {
      const yes = completed.data[t * pixels + t]!;
      sum += Math.log(row[t] === 1 ? yes : 1 - yes);
    }
    const exact = model.logDensity({ data: row, rows: 1, cols: pixels })[0]!;
    expect(Math.abs(sum - exact)).toBeLessThan(backend.precision === 'float64' ? 1e-9 : 1e-3);
  });

  test('half an image of 784 pixels, shared mask and own masks, equals brute force', () => {
    const pixels = 784;
    const model = randomMixture(bernoulli, 100, pixels, 800);
    const { x } = model.sample(6, 4);
    const upper = observedColumns(pixels, 0, 392);
    const seen = [...upper.keys()].filter((d) => upper[d] === 1);
    const hidden = [...upper.keys()].filter((d) => upper[d] === 0);
    const own = Uint8Array.from({ length: 6 * pixels }, (_, i) => upper[i % pixels]!);
    own[5 * pixels] = 0;
    const shared = complete(model, x, upper, { backend, responsibilities: true, truth: x });
    const gated = complete(model, x, own, { backend, responsibilities: true, truth: x });
    for (let n = 0; n < 5; n++) {
      const naive = naiveCompletion(model, x.data.subarray(n * pixels, (n + 1) * pixels), seen, hidden);
      for (const ours of [shared, gated]) {
        const bound = backend.precision === 'float64' ? 1e-10 : 1e-5;
        expect(
          difference(ours.responsibilities!.data.subarray(n * 100, (n + 1) * 100), naive.responsibilities),
        ).toBeLessThan(bound);
        expect(
          difference(ours.completed.data.subarray(n * pixels + 392, (n + 1) * pixels), naive.predicted),
        ).toBeLessThan(bound);
        expect(difference([ours.logEvidence[n]!], [naive.logEvidence])).toBeLessThan(bound);
        expect(difference([ours.jointLogProbability![n]!], [naive.joint])).toBeLessThan(bound);
        expect(difference([ours.marginalLogProbability![n]!], [naive.marginal])).toBeLessThan(bound);
      }
    }
  });
});

test('hidden cells together are not hidden cells one by one: log 0.41 against log 0.25', () => {
  const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
  const model = new MixtureModel({
    family: bernoulli,
    params,
    logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)),
  });
  const { jointLogProbability, marginalLogProbability } = complete(model, [[1, 1]], [false, false], {
    truth: [[1, 1]],
  });
  expect(jointLogProbability![0]).toBeCloseTo(Math.log(0.41), 12);
  expect(marginalLogProbability![0]).toBeCloseTo(Math.log(0.25), 12);
});

test('a probability of exactly 1 predicts 1 and gives a possible outcome its full chance', () => {
  const params = { width: 2, probabilities: Float64Array.of(1, 0.5, 0, 0.5) };
  const model = new MixtureModel({
    family: bernoulli,
    params,
    logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)),
  });
  const ours = complete(model, [[1, 0]], [false, true], { truth: [[1, 0]] });
  expect(ours.completed.data[0]).toBeCloseTo(0.5, 12);
  expect(ours.jointLogProbability![0]).toBeCloseTo(Math.log(0.5), 12);
});

test('many rows go through in passes and give what each gives alone', () => {
  const model = randomMixture(bernoulli, K, D, 900);
  const rows = 20_000;
  const { x } = model.sample(rows, 5);
  const cells = observedColumns(D, 2, 6);
  const mask = Uint8Array.from({ length: rows * D }, (_, i) =>
    Math.floor(i / D) % 2 === 0 ? cells[i % D]! : 1 - cells[i % D]!,
  );
  const ours = complete(model, x, mask, { truth: x });
  for (const n of [0, 1, 8191, 8192, 16_385, rows - 1]) {
    const row = { data: x.data.subarray(n * D, (n + 1) * D), rows: 1, cols: D };
    const alone = complete(model, row, mask.subarray(n * D, (n + 1) * D), { truth: row });
    expect(difference(ours.completed.data.subarray(n * D, (n + 1) * D), alone.completed.data)).toBeLessThan(1e-12);
    expect(
      difference(
        [ours.logEvidence[n]!, ours.marginalLogProbability![n]!],
        [alone.logEvidence[0]!, alone.marginalLogProbability![0]!],
      ),
    ).toBeLessThan(1e-12);
  }
});

test('the evidence of what is seen is the density of the mixture of those columns', () => {
  const model = randomMixture(bernoulli, K, 3, 1000);
  const rows = [0, 1].flatMap((a) => [0, 1].map((b) => [a, b, 0]));
  const { logEvidence } = complete(model, rows, [true, true, false]);
  expect(naiveLogSumExp([...logEvidence])).toBeCloseTo(0, 12);
});

/** The first columns. */
function leading({ data, rows, cols }: Matrix, width: number): Matrix {
  return {
    data: Float64Array.from({ length: rows * width }, (_, i) => data[Math.floor(i / width) * cols + (i % width)]!),
    rows,
    cols: width,
  };
}

/** The mixture of the first columns, made from its description. */
function leadingModel(family: Family, { logWeights, means, covariances }: MixtureModel, width: number): MixtureModel {
  const square = (m: Matrix): Matrix => ({ ...leading({ ...m, rows: width }, width) });
  const description = { means: leading(means, width), covariances: covariances?.map(square) ?? null };
  return new MixtureModel({ family, logWeights, params: family.fromDescription(description) });
}
