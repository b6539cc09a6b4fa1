import { type Family, type Matrix, MixtentionError } from '@mixtention/core';
import { bernoulli, gaussianFull, MixtureModel, simpleFamilies } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { type NaiveCompletion, naiveCompletion } from '../testing/naive-mixture.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';
import type { Completion } from './types.ts';

const K = 5;
const D = 7;
const N = 30;
const named: Family[] = Object.values(simpleFamilies);

/** What brute force in float64 says of rows, each with its own part of the mask or all with the same. */
function bruteForce(model: MixtureModel, x: Matrix, mask: Uint8Array, logitScale: number): NaiveCompletion[] {
  const width = x.cols;
  return Array.from({ length: x.rows }, (_, n) => {
    const cells = mask.length === width ? mask : mask.subarray(n * width, (n + 1) * width);
    const columns = [...cells.keys()];
    const [seen, hidden] = [columns.filter((d) => cells[d] === 1), columns.filter((d) => cells[d] === 0)];
    return naiveCompletion(model, x.data.subarray(n * width, (n + 1) * width), seen, hidden, logitScale);
  });
}

function worst(ours: Completion, naive: NaiveCompletion[], mask: Uint8Array): number {
  const { rows, cols, data } = ours.completed;
  const predicted = Array.from(data).filter((_, i) => mask[mask.length === cols ? i % cols : i] === 0);
  expect(naive).toHaveLength(rows);
  return Math.max(
    difference(
      predicted,
      naive.flatMap((row) => row.predicted),
    ),
    difference(
      ours.responsibilities!.data,
      naive.flatMap((row) => row.responsibilities),
    ),
    difference(
      ours.logEvidence,
      naive.map((row) => row.logEvidence),
    ),
    difference(
      ours.jointLogProbability!,
      naive.map((row) => row.joint),
    ),
    difference(
      ours.marginalLogProbability!,
      naive.map((row) => row.marginal),
    ),
  );
}

describe.each(await backends())('a logit scale on $backend.name', ({ backend, tolerance }) => {
  describe.each(named.map((family) => ({ name: family.spec.name, family })))('under $name', ({ family }) => {
    test.each([0.1, 0.5, 3])('of %d gives the power posterior and its exact log-probabilities, by brute force', (T) => {
      for (const kind of ['own', 'shared']) {
        const model = randomMixture(family, K, D, 1200);
        const { x } = model.sample(N, 1);
        const mask = draws(1201).bits(kind === 'own' ? N * D : D);
        const ours = complete(model, x, mask, { backend, responsibilities: true, truth: x, logitScale: T });
        expect(worst(ours, bruteForce(model, x, mask, T), mask)).toBeLessThan(Math.max(1, T) * tolerance);
      }
    });
  });

  test('of 0.1 on half an image of 784 pixels equals brute force, shared mask and own masks', () => {
    const pixels = 784;
    const model = randomMixture(bernoulli, 60, pixels, 1300);
    const { x } = model.sample(4, 2);
    const upper = Uint8Array.from({ length: pixels }, (_, d) => (d < pixels / 2 ? 1 : 0));
    const own = Uint8Array.from({ length: 4 * pixels }, (_, i) => upper[i % pixels]!);
    own[5] = 0;
    for (const mask of [upper, own]) {
      const ours = complete(model, x, mask, { backend, responsibilities: true, truth: x, logitScale: 0.1 });
      const bound = backend.precision === 'float64' ? 1e-10 : 1e-5;
      expect(worst(ours, bruteForce(model, x, mask, 0.1), mask)).toBeLessThan(bound);
    }
  });
});

test('a logit scale of 1 is Bayes to the last bit', () => {
  for (const family of named) {
    const model = randomMixture(family, K, D, 1400);
    const { x } = model.sample(N, 3);
    const mask = draws(1401).bits(N * D);
    const options = { truth: x, responsibilities: true };
    expect(complete(model, x, mask, { ...options, logitScale: 1 })).toEqual(complete(model, x, mask, options));
  }
});

test('as the logit scale falls to 0 every component counts the same, and as it grows the likeliest one alone', () => {
  const model = randomMixture(gaussianFull, K, D, 1500);
  const { x } = model.sample(N, 4);
  const mask = Uint8Array.of(1, 1, 1, 0, 0, 0, 0);
  const responsibilities = (logitScale: number): Float64Array | Float32Array =>
    complete(model, x, mask, { responsibilities: true, logitScale }).responsibilities!.data;
  for (const r of responsibilities(1e-9)) expect(r).toBeCloseTo(1 / K, 6);
  const bayes = responsibilities(1);
  responsibilities(1e9).forEach((r, i) => {
    const own = bayes.subarray(Math.floor(i / K) * K, (Math.floor(i / K) + 1) * K);
    expect(r).toBe(bayes[i] === Math.max(...own) ? 1 : 0);
  });
});

test('at any logit scale the chances of all outcomes of the hidden cells add up to 1', () => {
  const model = randomMixture(bernoulli, K, 5, 1600);
  const outcomes = Array.from({ length: 8 }, (_, i) => [1, 0, i & 1, (i >> 1) & 1, (i >> 2) & 1]);
  for (const logitScale of [0.05, 0.4, 1, 2.5]) {
    const { jointLogProbability } = complete(model, outcomes, [true, true, false, false, false], {
      truth: outcomes,
      logitScale,
    });
    expect(jointLogProbability!.reduce((sum, l) => sum + Math.exp(l), 0)).toBeCloseTo(1, 12);
  }
});

test('a component without weight stays without at any logit scale', () => {
  const { family, params } = randomMixture(bernoulli, 2, 3, 1700);
  const model = new MixtureModel({ family, params, logWeights: Float64Array.of(0, Number.NEGATIVE_INFINITY) });
  for (const logitScale of [0.1, 2]) {
    for (const mask of [
      [true, false, true],
      [false, false, false],
    ]) {
      const ours = complete(model, [[1, 0, 1]], mask, { truth: [[1, 0, 1]], responsibilities: true, logitScale });
      expect([...ours.responsibilities!.data]).toEqual([1, 0]);
      expect(ours.jointLogProbability![0]).toBeCloseTo(ours.marginalLogProbability![0]!, 12);
    }
  }
});

test('a logit scale that is no finite number above 0 is refused by name', () => {
  const model = randomMixture(bernoulli, 2, 3, 1);
  for (const logitScale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
    const work = (): unknown => complete(model, [[1, 0, 1]], [true, true, false], { logitScale: logitScale as number });
    expect(work).toThrow(MixtentionError);
    expect(work).toThrow(/logitScale is .*, a finite number above 0 was due/);
  }
});

test('a logit scale that makes scores too large to be numbers is refused, with shared and with own masks', () => {
  const model = randomMixture(bernoulli, 2, 20, 1);
  const { x } = model.sample(2, 0);
  for (const mask of [new Uint8Array(20).fill(1, 0, 10), new Uint8Array(40).fill(1, 0, 30)]) {
    expect(() => complete(model, x, mask, { logitScale: 1e308 })).toThrow(
      /the scores of row 0 \(counted from 0\) times logitScale 1e\+308 are too large to be numbers/,
    );
  }
});
