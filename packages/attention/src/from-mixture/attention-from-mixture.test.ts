import type { Family, Matrix } from '@mixtention/core';
import { isBinary } from '@mixtention/core/data';
import { gaussianSpherical, MixtureModel, simpleFamilies } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { complete } from '../complete/complete.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveCompletion } from '../testing/naive-mixture.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { attentionFromMixture } from './attention-from-mixture.ts';

const named: Family[] = Object.values(simpleFamilies);
const K = 6;
const D = 5;
const N = 50;

describe.each(await backends())('a mixture as attention on $backend.name', ({ backend, tolerance }) => {
  test.each(named.map((family) => ({ name: family.spec.name, family })))(
    'under $name is direct Bayes',
    ({ name, family }) => {
      const model = randomMixture(family, K, D, 40);
      const { x } = model.sample(N, 1);
      const { query, keys, values, bias, scale, logBase } = attentionFromMixture(model);
      const ours = attend(query(x), keys, values, { bias, scale, backend, responsibilities: true });
      const columns = [...Array(D).keys()];
      const naive = Array.from({ length: N }, (_, n) =>
        naiveCompletion(model, x.data.subarray(n * D, (n + 1) * D), columns, []),
      );
      // The multiplied-out form of a full covariance is a difference of large terms, so float32 keeps fewer digits of it.
      const bound = name === 'gaussian-full' ? 10 * tolerance : tolerance;
      expect(
        difference(
          ours.responsibilities!.data,
          naive.flatMap((row) => row.responsibilities),
        ),
      ).toBeLessThan(bound);
      expect(
        difference(
          ours.output.data,
          posteriorMeans(
            naive.map((row) => row.responsibilities),
            model,
          ),
        ),
      ).toBeLessThan(bound);
      const logDensity = ours.logEvidence.map((l, n) => l + logBase(x)[n]!);
      expect(
        difference(
          logDensity,
          naive.map((row) => row.logEvidence),
        ),
      ).toBeLessThan(bound);
    },
  );

  test.each(named.filter((family) => !isBinary(family, 2)).map((family) => ({ name: family.spec.name, family })))(
    'under $name narrow components are told apart as the model does',
    ({ family }) => {
      const model = narrowMixture(family);
      const x = Array.from({ length: 9 }, (_, n) => [1 + n * 5e-5, 1]);
      const { query, keys, values, bias, scale } = attentionFromMixture(model);
      const ours = attend(query(x), keys, values, { bias, scale, backend, responsibilities: true });
      expect(difference(ours.responsibilities!.data, model.responsibilities(x).data)).toBeLessThan(1e-7);
    },
  );

  test('masked queries of a binary mixture are direct Bayes from the cells that they show, at any logit scale', () => {
    const model = randomMixture(simpleFamilies.bernoulli!, K, D, 45);
    const { x } = model.sample(N, 6);
    const mask = draws(46).bits(N * D);
    const holes = { ...x, data: x.data.map((value, i) => (mask[i] === 1 ? value : Number.NaN)) };
    const { query, keys, values, bias, scale } = attentionFromMixture(model, { masked: true });
    for (const logitScale of [0.3, 1]) {
      const naive = Array.from({ length: N }, (_, n) => {
        const columns = [...Array(D).keys()];
        const [seen, hidden] = [1, 0].map((flag) => columns.filter((d) => mask[n * D + d] === flag));
        return naiveCompletion(model, x.data.subarray(n * D, (n + 1) * D), seen!, hidden!, logitScale);
      });
      const ours = attend(query(holes, mask), keys, values, {
        bias,
        scale,
        backend,
        logitScale,
        responsibilities: true,
      });
      const due = naive.map((row) => row.responsibilities);
      expect(difference(ours.responsibilities!.data, due.flat())).toBeLessThan(tolerance);
      expect(difference(ours.output.data, posteriorMeans(due, model))).toBeLessThan(tolerance);
      const evidence = naive.map((row) => row.logEvidence);
      if (logitScale === 1) expect(difference(ours.logEvidence, evidence)).toBeLessThan(tolerance);
      const completed = complete(model, holes, mask, { logitScale, backend, responsibilities: true });
      expect(difference(completed.responsibilities!.data, ours.responsibilities!.data)).toBeLessThan(tolerance);
      expect(difference(completed.logEvidence, evidence)).toBeLessThan(tolerance);
    }
  });

  test('columns far from 0 keep what they say in the output', () => {
    const model = randomMixture(gaussianSpherical, K, D, 55, 1.7e9);
    const { x } = model.sample(N, 4);
    const { query, keys, values, bias, scale } = attentionFromMixture(model);
    const due = attend(query(x), keys, values, { bias, scale }).output.data;
    const came = attend(query(x), keys, values, { bias, scale, backend }).output.data;
    for (const [i, output] of came.entries()) expect(Math.abs(output - due[i]!)).toBeLessThan(1e-4);
  });
});

test.each(named.map((family) => ({ name: family.spec.name, family })))(
  'under $name equals the model far from 0 too',
  ({ family }) => {
    const model = randomMixture(family, K, D, 50, 1e5);
    const { x } = model.sample(N, 2);
    const { query, keys, bias, scale } = attentionFromMixture(model);
    const ours = attend(query(x), keys, null, { bias, scale, responsibilities: true });
    expect(difference(ours.responsibilities!.data, model.responsibilities(x).data)).toBeLessThan(1e-10);
  },
);

test('tied covariances need keys no wider than the data', () => {
  const widths = named.map((family) => [
    family.spec.name,
    attentionFromMixture(randomMixture(family, K, D, 60)).keys.cols,
  ]);
  expect(Object.fromEntries(widths)).toMatchObject({ bernoulli: D, 'gaussian-tied': D, 'gaussian-full': D + D * D });
});

test('a component without weight is a key with bias −∞', () => {
  const model = randomMixture(gaussianSpherical, 2, D, 70);
  const half = new MixtureModel({
    family: model.family,
    params: model.params,
    logWeights: Float64Array.of(0, Number.NEGATIVE_INFINITY),
  });
  const { query, keys, bias, scale } = attentionFromMixture(half);
  const { x } = model.sample(4, 3);
  const { responsibilities } = attend(query(x), keys, null, { bias, scale, responsibilities: true });
  expect([...responsibilities!.data]).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
});

test('Gaussian keys whose prior makes up for their length are plain scaled dot products', () => {
  const variance = Math.sqrt(D);
  const means = draws(80).normal(K, D);
  const logPrior = Float64Array.from(
    { length: K },
    (_, k) => means.data.subarray(k * D, (k + 1) * D).reduce((sum, m) => sum + m * m, 0) / (2 * variance),
  );
  const total = Math.log(logPrior.reduce((sum, l) => sum + Math.exp(l), 0));
  const eye: Matrix = {
    data: Float64Array.from({ length: D * D }, (_, i) => (i % (D + 1) === 0 ? variance : 0)),
    rows: D,
    cols: D,
  };
  const params = gaussianSpherical.fromDescription({ means, covariances: new Array(K).fill(eye) });
  const model = new MixtureModel({ family: gaussianSpherical, params, logWeights: logPrior.map((l) => l - total) });
  const q = draws(81).normal(N, D);
  const plainAttention = attend(q, means, null, { responsibilities: true });
  expect(difference(model.responsibilities(q).data, plainAttention.responsibilities!.data)).toBeLessThan(1e-10);
});

test('a row of another width, or outside the support, is refused', () => {
  const { query } = attentionFromMixture(randomMixture(simpleFamilies.bernoulli!, K, D, 90));
  expect(() => query([[1, 0]])).toThrow(/the data have 2 columns, the model was fitted on 5/);
  expect(() => query([[1, 0, 0.5, 1, 0]])).toThrow(/column 2 .* is 0.5/);
});

test('masked queries need a binary family, a mask of their shape, and seen cells in the support', () => {
  expect(() => attentionFromMixture(randomMixture(gaussianSpherical, K, D, 91), { masked: true })).toThrow(
    /masked goes with binary families only, the family is "gaussian-spherical"/,
  );
  const { query, keys } = attentionFromMixture(randomMixture(simpleFamilies.bernoulli!, K, D, 92), { masked: true });
  expect(keys.cols).toBe(2 * D);
  expect([...query([[1, 7, 0, 1, 1]], [1, 0, 1, 0, 0]).data]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
  expect(() => query([[1, 0, 0.5, 1, 0]], [1, 0, 1, 1, 1])).toThrow(/column 2 .* is 0.5/);
  expect(() => query([[1, 0, 0, 1, Number.NaN]], [1, 1, 1, 1, 1])).toThrow(/column 4 .* is NaN/);
  expect(() => query([[1, 0, 0, 1, 0]], [1, 1])).toThrow(/the mask holds 2 values; 5 \(one a column\)/);
  expect(() => query([[1, 0, 0, 1, 0]], [0, -1e9, 0, 0, 0])).toThrow(/the mask holds -1000000000 at 1/);
});

/** Two components 1.3 deviations apart, and both thousands of their deviations from the middle of the data. */
function narrowMixture(family: Family): MixtureModel {
  const variances = family.spec.name === 'gaussian-spherical' ? [1e-7, 1e-7] : [1e-7, 1];
  const covariance = { data: Float64Array.of(variances[0]!, 0, 0, variances[1]!), rows: 2, cols: 2 };
  const means = { data: Float64Array.of(1, 1, 1.0004, 1), rows: 2, cols: 2 };
  return new MixtureModel({
    family,
    logWeights: new Float64Array(2).fill(Math.log(0.5)),
    params: family.fromDescription({ means, covariances: [covariance, covariance] }),
    transform: { center: new Float64Array(2), scale: new Float64Array(2).fill(1) },
  });
}

function posteriorMeans(responsibilities: number[][], { means }: MixtureModel): number[] {
  return responsibilities.flatMap((r) =>
    Array.from({ length: D }, (_, d) => r.reduce((sum, share, k) => sum + share * means.data[k * D + d]!, 0)),
  );
}
