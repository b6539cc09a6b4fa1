import { plain } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { add, compile, differentiate, exp, index, input, mul, rows, sum, type Value, value } from '../graph/index.ts';
import { type Distribution, mixture, multivariateNormal, normal } from './index.ts';

const random = generator(key(4));
const normals = (size: number): Float64Array => Float64Array.from({ length: size }, () => random.normal());
const N = 200;
const [K, D] = [3, 4];
const far = { data: normals(N * D).map((v, i) => 1000 * (i % D) + v), rows: N, cols: D };

const logits = input('logits', [K]);
const mean = input('mean', [K, D]);
const spread = input('spread', [K, D, D]);
const lower = value(
  Array.from({ length: K }, () => Array.from({ length: D }, (_, i) => Array.from({ length: D }, (_, j) => +(j <= i)))),
);
/** A lower triangle whose diagonal is positive. */
const factor = (x: Value): Value => {
  const eye = value(Array.from({ length: D }, (_, i) => Array.from({ length: D }, (_, j) => +(i === j))));
  return add(mul(0.3, x, lower), mul(eye, exp(x)));
};

const cases: readonly (readonly [string, Value, Distribution, readonly Value[]])[] = [
  ['numbers', value(normals(N)), normal(input('m', [K]), exp(input('s', [K]))), []],
  ['columns that are independent', value(far), multivariateNormal(mean, { deviations: exp(input('d', [D])) }), [mean]],
  ['columns that are correlated', value(far), multivariateNormal(mean, { factor: factor(spread) }), [mean, spread]],
];

test.each(cases)(
  'the log evidence of %s by the kernel is that of every pair, and so are its gradients',
  (_, x, parts) => {
    const inputs = [logits, ...new Set(inputsOf(Object.values(parts.parameters)))];
    const mixed = mixture({ logits }, parts);
    const run = (total: Value, backend = plain): Float64Array => {
      const program = compile([total, ...differentiate(total, inputs)], inputs, { backend });
      program.inputs.set(inputs.flatMap(({ name, shape }) => startOf(name!, shape)));
      program.run();
      return program.outputs.slice();
    };
    const pairs = mixed.logDensity(x);
    const weights = value(Float64Array.from({ length: x.shape[0]! }, (_, n) => (n % 4) / 2));
    for (const [total, whole] of [
      [mixed.totalLogDensity!(x)!, sum(pairs)],
      [mixed.totalLogDensity!(x, weights)!, sum(mul(pairs, weights))],
    ] as const) {
      const due = run(whole);
      for (const backend of [plain, undefined]) {
        const told = run(total, backend);
        for (const [i, v] of told.entries())
          expect(Math.abs(v - due[i]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(due[i]!)));
      }
    }
  },
);

function inputsOf(values: readonly Value[]): Value[] {
  return values.flatMap((v) => (v.op === 'input' ? [v] : inputsOf(v.inputs)));
}

function startOf(name: string, shape: readonly number[]): number[] {
  const own = generator(key(name.length));
  return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    name === 'mean' ? 1000 * (i % D) + own.normal() : 0.5 * own.normal(),
  );
}

test('rows of a minibatch are picked out of the statistics', () => {
  const x = normals(N);
  const batch = index('batch', 70);
  const parts = mixture([0.5, 0.5], normal([-1, 1], 1));
  const times = Float64Array.from({ length: N }, (_, n) => n % 3);
  const program = compile(
    [parts.totalLogDensity!(rows(x, batch))!, parts.totalLogDensity!(rows(x, batch), rows(times, batch))!],
    [],
  );
  const chosen = Int32Array.from({ length: 70 }, (_, i) => (i * 37) % N);
  program.rowsOf(batch).set(chosen);
  program.run();
  const density = (v: number): number => Math.exp(-0.5 * v * v) / Math.sqrt(2 * Math.PI);
  const due = (weight: (n: number) => number): number =>
    chosen.reduce((sum, n) => sum + weight(n) * Math.log(0.5 * density(x[n]! + 1) + 0.5 * density(x[n]! - 1)), 0);
  expect(program.outputs[0]).toBeCloseTo(
    due(() => 1),
    9,
  );
  expect(program.outputs[1]).toBeCloseTo(
    due((n) => n % 3),
    9,
  );
});

test('few rows, and what has no linear form, are left to emitted code', () => {
  const x = value(normals(20));
  expect(mixture([0.5, 0.5], normal([-1, 1], 1)).totalLogDensity!(x)).toBe(null);
  expect(mixture([0.5, 0.5], normal([-1, 1], 1)).totalLogDensity!(add(value(normals(N)), input('a', [])))).toBe(null);
});
