import type { Matrix } from '@mixtention/core';
import { describe, expect, it } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { attend } from './attend.ts';

const N = 60;
const K = 20;
const d = 8;
const random = draws(1200);
const keys = random.normal(K, d);
const values = random.normal(K, 3);
const queriesOf = (size: number): Matrix => draws(1201).normal(N, d, size);

/** The largest Σ_d |q_d k_d| of a query and a key. */
function largestTerms(q: Matrix, k: Matrix): number {
  let most = 0;
  for (let i = 0; i < q.rows * k.rows; i++) {
    const [n, key] = [Math.floor(i / k.rows), i % k.rows];
    let sum = 0;
    for (let j = 0; j < q.cols; j++) sum += Math.abs(q.data[n * q.cols + j]! * k.data[key * q.cols + j]!);
    most = Math.max(most, sum);
  }
  return most;
}

describe.each(await backends())('float64 and $backend.name agree', ({ backend, tolerance }) => {
  const options = { scale: 1, responsibilities: true, labels: true };

  /** Largest difference from plain float64, over all that is read. */
  function worst(...[q, k, v, own = {}]: Parameters<typeof attend>): number {
    const due = attend(q, k, v, { ...options, ...own });
    const came = attend(q, k, v, { ...options, ...own, backend });
    expect(came.labels).toEqual(due.labels);
    return Math.max(
      difference(came.output.data, due.output.data),
      difference(came.logEvidence, due.logEvidence),
      difference(came.responsibilities!.data, due.responsibilities!.data),
    );
  }

  it.each([0.1, 1, 10, 100, 1e3, 1e4, 1e6, 1e8])('with queries of size %d, to 1e-7 of the terms of scores', (size) => {
    const q = queriesOf(size);
    const terms = Math.max(1, Math.min(1e4, largestTerms(q, keys)));
    const due = attend(q, keys, values, options);
    const came = attend(q, keys, values, { ...options, backend });
    const evidence = came.logEvidence.reduce((most, l, n) => Math.max(most, Math.abs(l - due.logEvidence[n]!)), 0);
    expect(evidence).toBeLessThan(3e-7 * terms);
    expect(difference(came.responsibilities!.data, due.responsibilities!.data)).toBeLessThan(1e-7 * terms);
    expect(difference(came.output.data, due.output.data)).toBeLessThan(5e-7 * terms);
  });

  it('where scores are large and their differences small', () => {
    const close = [
      [1000, 0],
      [1000, 0.5],
    ];
    expect(worst([[1000, 1]], close, [[0], [1]])).toBeLessThan(tolerance);
  });

  it.each([1_024, 16_385, 1_000_000])('with %d keys, of which all but one are alike', (count) => {
    const tenth = Math.log(0.1);
    const many = { data: Float64Array.from({ length: count }, (_, k) => (k === 0 ? 0 : tenth)), rows: count, cols: 1 };
    const halves = { ...many, data: many.data.map((_, k) => k % 2) };
    const came = attend([[1]], many, halves, { scale: 1, responsibilities: true, backend });
    const whole = 1 + 0.1 * (count - 1);
    const bound = backend.precision === 'float64' ? 1e-12 : 3e-7;
    const terms = -tenth;
    expect(Math.abs(came.logEvidence[0]! - Math.log(whole))).toBeLessThan(bound * terms);
    expect(Math.abs(came.output.data[0]! - (0.1 * Math.floor(count / 2)) / whole)).toBeLessThan(bound * terms);
    expect(Math.abs(came.responsibilities!.data[0]! - 1 / whole)).toBeLessThan((bound * terms) / whole);
    let sum = 0;
    for (const r of came.responsibilities!.data) sum += r;
    expect(Math.abs(sum - 1)).toBeLessThan(backend.precision === 'float64' ? 1e-10 : 1e-6);
  });

  it('where one query of many is far out', () => {
    const q = queriesOf(1);
    const data = Float64Array.from(q.data, (x, i) => (Math.floor(i / d) === 7 ? 1e5 * x : x));
    const bias = (n: number, j: number): number => -0.1 * Math.abs(n - j);
    expect(worst({ ...q, data }, keys, values, { bias })).toBeLessThan(tolerance);
  });

  it('where a tiny query meets a huge key', () => {
    expect(
      worst(
        [[1e-39, 1]],
        [
          [1e38, 0],
          [2e38, 0],
        ],
        [[1], [2]],
      ),
    ).toBeLessThan(tolerance);
    expect(
      worst(
        [[1e38, 1]],
        [
          [1e-39, 0],
          [2e-39, 0],
        ],
        [[1], [2]],
      ),
    ).toBeLessThan(tolerance);
  });

  it('where values are far from 0 beside their spread, as time stamps are', () => {
    const stamps = { ...values, data: Float64Array.from(values.data, (v, i) => v + [1.7e9, -4e7, 0][i % 3]!) };
    const due = attend(queriesOf(1), keys, stamps, options).output.data;
    const came = attend(queriesOf(1), keys, stamps, { ...options, backend }).output.data;
    for (const [i, output] of came.entries()) expect(Math.abs(output - due[i]!)).toBeLessThan(1e-5);
  });

  it.each([1e-300, 1e-45, 1e39, 1e300])('where values are of size %d', (size) => {
    const sized = { ...values, data: Float64Array.from(values.data, (v) => size * v) };
    const due = attend(queriesOf(1), keys, sized, options).output.data;
    const came = attend(queriesOf(1), keys, sized, { ...options, backend }).output.data;
    const relative = (data: Matrix['data']): Float64Array => Float64Array.from(data, (x) => x / size);
    expect(difference(relative(came), relative(due))).toBeLessThan(tolerance);
  });

  it('on output 0 for a query that sees no key, however far from 0 the values are', () => {
    const { output } = attend([[1], [1]], [[1], [2]], [[1e6], [1e6 + 1]], {
      ...options,
      backend,
      mask: (n) => n === 1,
    });
    expect(output.data[0]).toBe(0);
    expect(output.data[1]).toBeCloseTo(1e6 + 1 / (1 + Math.exp(-1)), 5);
  });

  it.each([1e5, 1e29, 1e30, 1e39, 1e300, -1e5, -1e9, -1e27])('where every pair has bias %d', (bias) => {
    expect(worst([[1], [1]], [[1], [2]], [[10], [20]], { bias: () => bias })).toBeLessThan(tolerance);
    expect(
      worst([[1], [1]], [[1], [2]], [[10], [20]], {
        bias: [
          [bias, bias],
          [0, bias],
        ],
      }),
    ).toBeLessThan(tolerance);
  });

  it.each([1e28, 1e30, 1e39])('where a hidden key has bias %d', (bias) => {
    const seen = { bias: () => bias, mask: [true, false] };
    expect(worst([[1], [1]], [[1], [2]], [[10], [20]], seen)).toBeLessThan(tolerance);
    const pairs = {
      bias: [bias, 0],
      mask: [
        [false, true],
        [true, true],
      ],
    };
    expect(worst([[1], [1]], [[1], [2]], [[10], [20]], pairs)).toBeLessThan(tolerance);
  });

  it('where all that a query sees is far below the rest', () => {
    const bias = Float64Array.from({ length: K }, (_, k) => (k < K / 2 ? -1e9 : 0));
    expect(worst(queriesOf(1), keys, values, { bias, mask: 'causal' })).toBeLessThan(tolerance);
  });

  it('where a key that is switched off is large', () => {
    const bias = [Number.NEGATIVE_INFINITY, 0, 0];
    for (const size of [1e5, 1e30, 1e39, 1e300])
      expect(worst([[1], [2]], [[size], [1], [2]], [[1], [2], [3]], { bias })).toBeLessThan(tolerance);
  });
});
