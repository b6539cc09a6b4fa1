import { plain } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { mixtureFromAttention } from '../from-mixture/mixture-from-attention.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { fitGauge } from './fit-gauge.ts';
import { type HeadGauge, readGauge } from './gauge.ts';
import type { ScoredHead } from './head.ts';
import { xray } from './xray.ts';

const d = 4;
const K = 6;
const random = draws(73);
const keys = random.normal(K, d, 1.5);
const bias = random.normal(1, K).data;

/** A planted gauge: Λ = B Bᵀ or a diagonal, and c. */
const planted = (form: 'diagonal' | 'full'): HeadGauge => {
  const shift = Float64Array.of(0.5, -1, 0.2, 1.5);
  if (form === 'diagonal') return { name: 'fitted', form, precision: Float64Array.of(0.5, 1, 2, 3), shift };
  const lower = random.normal(d, d, 0.4).data.map((b, i) => (i % (d + 1) === 0 ? 1 + Math.abs(b) : b));
  const precision = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      for (let m = 0; m <= Math.min(i, j); m++) precision[i * d + j]! += lower[i * d + m]! * lower[j * d + m]!;
  return { name: 'fitted', form, precision, shift };
};

/** Queries of the mixture that the keys stand for in a diagonal gauge: exact draws. */
const sampleDiagonal = (gauge: HeadGauge, count: number): { data: Float64Array; rows: number; cols: number } => {
  const { precision, shift } = gauge;
  const logs = Array.from(
    { length: K },
    (_, k) =>
      Array.from({ length: d }, (_, j) => (keys.data[k * d + j]! + shift[j]!) ** 2 / precision[j]!).reduce(
        (a, b) => a + b,
        0,
      ) /
        2 +
      bias[k]!,
  );
  const top = Math.max(...logs);
  const weights = logs.map((l) => Math.exp(l - top));
  const total = weights.reduce((a, b) => a + b, 0);
  const data = random.normal(count, d).data;
  const picks = random.uniform(count, 1).data;
  for (let n = 0; n < count; n++) {
    let left = picks[n]! * total;
    let k = 0;
    while (k < K - 1 && (left -= weights[k]!) > 0) k++;
    for (let j = 0; j < d; j++)
      data[n * d + j] =
        (keys.data[k * d + j]! + shift[j]!) / precision[j]! + data[n * d + j]! / Math.sqrt(precision[j]!);
  }
  return { data, rows: count, cols: d };
};

const headOf = (q: ScoredHead['q'], more: Partial<ScoredHead> = {}): ScoredHead => ({
  q,
  k: keys,
  v: null,
  bias,
  mask: undefined,
  scale: 1,
  ...more,
});
const nllOf = (head: ScoredHead, gauge: HeadGauge): number => {
  const { logEvidence } = attend(head.q, head.k, null, { bias: head.bias, mask: head.mask, scale: head.scale });
  const { logDensity } = readGauge(head, gauge, { logEvidence, logOthers: null }, plain);
  return -logDensity.reduce((a, b) => a + b, 0) / logDensity.length;
};
const fitted = (head: ScoredHead, form?: 'diagonal' | 'full', start?: number): HeadGauge => {
  const fit = fitGauge(head, plain, form, start);
  if ('reason' in fit) throw new Error(fit.reason);
  return fit.gauge;
};

test('in the paper gauge the density is that of the mixture that the keys stand for', () => {
  const q = random.normal(5, d);
  const { gauges } = xray({ q, k: keys, bias: [...bias] }).heads[0]!;
  const mixture = mixtureFromAttention(keys, bias);
  expect(difference(gauges.paper!.logDensity, mixture.model.logDensity(q))).toBeLessThan(1e-10);
});

describe('a planted gauge', () => {
  const truth = planted('diagonal');
  const head = headOf(sampleDiagonal(truth, 1000));
  const fresh = headOf(sampleDiagonal(truth, 1000));

  test.each(['diagonal', 'full'] as const)(
    'is found within 0.05 nats at 1000 queries, on fresh ones, with Λ %s',
    (form) => {
      const gauge = fitted(head, form);
      expect(Math.abs(nllOf(fresh, gauge) - nllOf(fresh, truth))).toBeLessThan(0.05);
      // Maximum likelihood: on its own queries no gauge is better, the true one among them.
      expect(nllOf(head, gauge)).toBeLessThanOrEqual(nllOf(head, truth));
    },
  );

  test.each(['diagonal', 'full'] as const)('is the same from any start, with Λ %s', (form) => {
    const first = fitted(head, form);
    for (const start of [1, 2, 3]) {
      const other = fitted(head, form, start);
      expect(difference(other.precision, first.precision)).toBeLessThan(1e-4);
      expect(Math.abs(nllOf(head, other) - nllOf(head, first))).toBeLessThan(1e-9);
    }
  });

  test('makes the mixture’s mean that of the queries', () => {
    const gauge = fitted(head, 'diagonal');
    const { precision, shift } = gauge;
    const e = Float64Array.from(
      { length: K },
      (_, k) =>
        bias[k]! +
        Array.from({ length: d }, (_, j) => (keys.data[k * d + j]! + shift[j]!) ** 2 / precision[j]! / 2).reduce(
          (a, b) => a + b,
          0,
        ),
    );
    const total = e.reduce((sum, one) => sum + Math.exp(one), 0);
    for (let j = 0; j < d; j++) {
      const mean = e.reduce(
        (sum, one, k) => sum + (Math.exp(one) / total) * ((keys.data[k * d + j]! + shift[j]!) / precision[j]!),
        0,
      );
      const due = Array.from({ length: 1000 }, (_, n) => head.q.data[n * d + j]!).reduce((a, b) => a + b, 0) / 1000;
      expect(mean).toBeCloseTo(due, 5);
    }
  });

  test('a density integrates to one: by a grid, in one dimension', () => {
    const one: ScoredHead = {
      q: { data: Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100), rows: 4001, cols: 1 },
      k: { data: Float64Array.of(-1, 0.5, 2), rows: 3, cols: 1 },
      v: null,
      bias: Float64Array.of(0, 1, -1),
      mask: undefined,
      scale: 1,
    };
    const { logEvidence } = attend(one.q, one.k, null, { bias: one.bias, scale: 1 });
    for (const form of ['diagonal', 'full'] as const) {
      const { logDensity } = readGauge(
        one,
        { name: 'fitted', form, precision: Float64Array.of(0.7), shift: Float64Array.of(0.3) },
        { logEvidence, logOthers: null },
        plain,
      );
      expect(logDensity.reduce((sum, l) => sum + Math.exp(l) / 100, 0)).toBeCloseTo(1, 9);
    }
  });
});

describe('what is meaningless leaves densities alone', () => {
  const head = headOf(sampleDiagonal(planted('diagonal'), 400));
  const before = nllOf(head, fitted(head, 'full'));

  test('one vector added to all keys', () => {
    const moved = { ...keys, data: keys.data.map((value, i) => value + [3, -2, 1, 0.5][i % d]!) };
    const other = headOf(head.q, { k: moved });
    expect(nllOf(other, fitted(other, 'full'))).toBeCloseTo(before, 6);
  });

  test('one number added to all biases', () => {
    const other = headOf(head.q, { bias: bias.map((b) => b + 5) });
    expect(nllOf(other, fitted(other, 'full'))).toBeCloseTo(before, 6);
  });

  test('Q → QM, K → KM⁻ᵀ moves all densities by log |det M|', () => {
    const scales = [2, 0.5, 3, 1];
    const q = { ...head.q, data: head.q.data.map((value, i) => value * scales[i % d]!) };
    const other = headOf(q, { k: { ...keys, data: keys.data.map((value, i) => value / scales[i % d]!) } });
    expect(nllOf(other, fitted(other, 'full')) - before).toBeCloseTo(Math.log(3), 6);
  });
});

test('under a causal mask priors differ between queries; the first token has no others, and each density is that of its own mixture', () => {
  const x = random.normal(40, d);
  const { gauges, evidence } = xray({ q: x, k: x, mask: 'causal' }).heads[0]!;
  const { gauge, logDensity, surprise } = gauges.fitted!;
  const last = 39;
  const alone = headOf({ data: x.data.subarray(last * d), rows: 1, cols: d }, { k: x, bias: undefined, scale: 0.5 });
  const [own] = readGauge(
    alone,
    gauge,
    { logEvidence: evidence!.logEvidence.subarray(last), logOthers: null },
    plain,
  ).logDensity;
  expect(logDensity[last]).toBeCloseTo(own!, 10);
  expect(surprise[0]).toBeNaN();
  const others = { ...alone, k: { data: x.data.subarray(0, last * d), rows: last, cols: d } };
  const { logEvidence } = attend(others.q, others.k, null, { scale: 0.5 });
  const [left] = readGauge(others, gauge, { logEvidence, logOthers: null }, plain).logDensity;
  expect(-surprise[last]!).toBeCloseTo(left!, 10);
});

test('queries that do not spread have no best density, which is said', () => {
  const { gauges, absent } = xray({
    q: [
      [1, 2],
      [1, 3],
    ],
    k: [
      [1, 0],
      [0, 1],
    ],
  }).heads[0]!;
  expect(gauges.fitted).toBeNull();
  expect(absent.fitted).toBe('2 queries of width 2 do not spread in all columns, so no density fits them best');
});
