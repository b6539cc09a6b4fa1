import type { Matrix } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { draws } from '../testing/draws.ts';
import { along } from '../testing/finite-differences.ts';
import { attend } from './attend.ts';
import { attendGradient } from './attend-gradient.ts';
import type { AttendOptions } from './types.ts';

const [N, K, d, V] = [5, 6, 4, 3];
const random = draws(52);
const q = random.normal(N, d);
const k = random.normal(K, d);
const v = random.normal(K, V);
const G = random.normal(N, V);
const g = random.normal(1, N).data;
const pairs = random.normal(N, K);
const table = random.normal(1, 5).data;
const perKey = random.normal(1, K).data;

/** Everything at once: two kinds of biases are tested one after the other. */
const all = (bias: AttendOptions['bias'], sink = 0.3): AttendOptions => ({
  bias,
  sink,
  mask: (n, j) => n !== 2 || j > 1,
  logitScale: 0.8,
  positions: {
    causal: true,
    window: 4,
    alibi: 0.2,
    relative: table,
    rotary: { pairs: 'neighbours', columns: 2, base: 7 },
  },
});

function lossOf(options: AttendOptions): number {
  const { output, logEvidence } = attend(q, k, v, options);
  const ofOutput = Array.from(output.data).reduce((sum, o, i) => sum + o * G.data[i]!, 0);
  return logEvidence.reduce((sum, l, n) => sum + l * g[n]!, ofOutput);
}

function worst(came: ArrayLike<number>, due: readonly number[]): number {
  return due.reduce((most, value, i) => Math.max(most, Math.abs(came[i]! - value)), 0);
}

describe.each(await backends())('gradients of attend on $backend.name', ({ backend, tolerance }) => {
  const slack = tolerance < 1e-6 ? 1e-9 : 1e-4;
  test.each([
    ['keys', perKey],
    ['pairs', pairs],
  ] as const)('with biases of %s, masks, positions, a scale and a sink are differences of the loss', (_, bias) => {
    const options = all(bias);
    const downstream = (reading: ReturnType<typeof attend>) => ({ reading, gradient: { output: G, logEvidence: g } });
    const reading = attend(q, k, v, { ...options, backend });
    const ours = attendGradient(q, k, v, downstream(reading), { ...options, backend });
    const loss = (): number => lossOf(options);
    expect(worst(ours.queries.data, along(q.data, loss))).toBeLessThan(slack);
    expect(worst(ours.keys.data, along(k.data, loss))).toBeLessThan(slack);
    expect(worst(ours.values.data, along(v.data, loss))).toBeLessThan(slack);
    expect(worst(ours.relative!, along(table, loss))).toBeLessThan(slack);
    const numbers = 'data' in bias ? bias.data : bias;
    expect(worst('data' in bias ? ours.pairBias!.data : ours.bias, along(numbers, loss))).toBeLessThan(slack);
    const sink = Float64Array.of(0.3);
    expect(
      worst(
        [ours.sink!],
        along(sink, () => lossOf(all(bias, sink[0]))),
      ),
    ).toBeLessThan(slack);
  });

  test('of queries that are too large for float32 are those of float64', () => {
    const large: Matrix = { ...q, data: q.data.map((x, i) => (i < 2 * d ? 3e4 * x : x)) };
    const options = { bias: pairs, mask: 'causal' } as const;
    const reading = attend(large, k, v, { ...options, backend });
    const ours = attendGradient(large, k, v, { reading, gradient: { output: G } }, { ...options, backend });
    const exact = attend(large, k, v, options);
    const due = attendGradient(large, k, v, { reading: exact, gradient: { output: G } }, options);
    for (const name of ['queries', 'keys', 'values', 'pairBias'] as const)
      expect(worst(ours[name]!.data, [...due[name]!.data])).toBeLessThan(slack);
  });
});

test('gradients that do not fit the reading are refused by one sentence', () => {
  const reading = attend(q, k, v);
  expect(() => attendGradient(q, k, v, { reading, gradient: { output: q } })).toThrow(/is 5 × 4, 5 × 3 .* was due/);
  expect(() => attendGradient(q, k, v, { reading, gradient: { logEvidence: [1] } })).toThrow(/1 gradient of the evid/);
  expect(() => attendGradient([q, q], [k], [v], [{ reading, gradient: {} }])).toThrow(/1 reading .* each of 2 heads/);
  // Options beside the reading would not be read: the gradient would be that of another attention.
  expect(() => attendGradient(q, k, v, { reading, gradient: {}, mask: 'causal' } as never)).toThrow(
    /unknown option "mask"/,
  );
  expect(() => attendGradient(q, k, v, { reading, gradient: { variance: q } } as never)).toThrow(
    /unknown option "variance"/,
  );
});
