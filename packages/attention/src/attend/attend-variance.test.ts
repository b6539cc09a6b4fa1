import type { Matrix } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveAttention } from '../testing/naive-attention.ts';
import { attend } from './attend.ts';

const [N, K, d, V] = [9, 7, 3, 2];
const random = draws(41);
const q = random.normal(N, d);
const k = random.normal(K, d);
const v = random.normal(K, V);
const valueVariance = random.uniform(K, V, 0.1, 2);

/** Moments of y under the responsibilities, summed component by component. A component of value 0 may come first. */
function naiveVariance(weights: Matrix['data'], values: Matrix, own: Matrix | null): Float64Array {
  return Float64Array.from({ length: N * V }, (_, i) => {
    const [n, c] = [Math.floor(i / V), i % V];
    let mean = 0;
    for (let j = 0; j < values.rows; j++) mean += weights[n * values.rows + j]! * values.data[j * V + c]!;
    let sum = 0;
    for (let j = 0; j < values.rows; j++)
      sum += weights[n * values.rows + j]! * ((own?.data[j * V + c] ?? 0) + (values.data[j * V + c]! - mean) ** 2);
    return sum;
  });
}

const noOwn = { ...valueVariance, data: new Float64Array(K * V) };

describe.each(await backends())('the variance of the output on $backend.name', ({ backend, tolerance }) => {
  test('is that of a value drawn by its responsibility: within and between components', () => {
    const { responsibilities } = naiveAttention(q, k, v, 1, () => 0);
    const { variance, output } = attend(q, k, v, { scale: 1, backend, valueVariance });
    expect(difference(variance!.total.data, naiveVariance(responsibilities, v, valueVariance))).toBeLessThan(tolerance);
    expect(difference(variance!.between.data, naiveVariance(responsibilities, v, null))).toBeLessThan(tolerance);
    expect(output.cols).toBe(V);
    const alone = attend(q, k, v, { scale: 1, backend, variance: true }).variance!;
    expect(difference(alone.total.data, variance!.between.data)).toBeLessThan(tolerance);
    expect(alone.within.data.every((own) => own === 0)).toBe(true);
  });

  test('does not mind where the values lie', () => {
    const far = { ...v, data: v.data.map((x) => Math.fround(x) + 1e6) };
    const near = { ...v, data: far.data.map((x) => x - 1e6) };
    const ours = attend(q, k, far, { backend, variance: true }).variance!.total.data;
    const due = attend(q, k, near, { variance: true }).variance!.total.data;
    expect(difference(ours, due)).toBeLessThan(Math.max(tolerance, 1e-9));
  });

  test('counts a sink as one component more, of value 0: the same as a key and value appended', () => {
    const sink = 0.7;
    const options = { scale: 1, backend, variance: true, responsibilities: true };
    const ours = attend(q, k, v, { ...options, sink });
    const withNull = (m: Matrix): Matrix => ({
      data: Float64Array.of(...m.data, ...new Float64Array(m.cols)),
      rows: K + 1,
      cols: m.cols,
    });
    const bias = [...new Float64Array(K), sink];
    const due = attend(q, withNull(k), withNull(v), { ...options, bias });
    expect(difference(ours.output.data, due.output.data)).toBeLessThan(tolerance);
    expect(difference(ours.logEvidence, due.logEvidence)).toBeLessThan(tolerance);
    expect(difference(ours.variance!.total.data, due.variance!.total.data)).toBeLessThan(tolerance);
    for (let n = 0; n < N; n++) {
      const row = due.responsibilities!.data.subarray(n * (K + 1), (n + 1) * (K + 1));
      expect(Math.abs(ours.nullShare![n]! - row[K]!)).toBeLessThan(tolerance);
      expect(difference(ours.responsibilities!.data.subarray(n * K, (n + 1) * K), row.subarray(0, K))).toBeLessThan(
        tolerance,
      );
    }
  });

  test('of a query that sees nothing is 0, and all of it is the sink’s', () => {
    const mask = (n: number): boolean => n > 0;
    const { variance, nullShare, logEvidence } = attend(q, k, v, { backend, mask, valueVariance, sink: 2 });
    expect([...variance!.total.data.subarray(0, V)]).toEqual([0, 0]);
    expect(nullShare![0]).toBe(1);
    expect(logEvidence[0]).toBe(2);
  });
});

test('variances that are none are refused by one sentence', () => {
  expect(() => attend(q, k, null, { variance: true })).toThrow(/variance of the output was asked for without values/);
  expect(() => attend(q, k, v, { valueVariance: q })).toThrow(/are 9 × 3, the values 7 × 2/);
  const negative = { ...noOwn, data: noOwn.data.map((x, i) => (i === 3 ? -1 : x)) };
  expect(() => attend(q, k, v, { valueVariance: negative })).toThrow(/variance of value 1, column 1 .* is -1/);
  expect(() => attend(q, k, v, { sink: Number.NaN })).toThrow(/sink is NaN/);
});
