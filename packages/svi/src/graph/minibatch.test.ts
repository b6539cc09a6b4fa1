import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import {
  add,
  compile,
  concat,
  constant,
  differentiate,
  div,
  exp,
  index,
  input,
  lgamma,
  log1p,
  logSumExp,
  matmul,
  mul,
  reshape,
  rows,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  take,
  type Value,
  value,
} from './index.ts';

const [N, D, TAKEN] = [24, 3, 6];
const random = generator(key(1));
const numbers = (count: number): number[] => Array.from({ length: count }, () => random.normal());
const x = value(Array.from({ length: N }, () => numbers(D)));
const y = value(numbers(N));
const groups = Array.from({ length: N }, () => random.integer(4));
const [b, a, z, c] = [input('b', [D]), input('a', [4]), input('z', [N]), input('c', [4, D])];
const inputs = [b, a, z, c];

/** Terms `[rows]` of members, as each model says that of its minibatch. */
type Terms = (of: (known: Value) => Value) => Value;
const models: { readonly [name: string]: Terms } = {
  'a regression': (of) => square(sub(of(y), matmul(of(x), b))),
  logits: (of) => {
    const logits = matmul(of(x), b);
    return sub(mul(sigmoid(of(y)), logits), softplus(logits));
  },
  'columns made ready for': (of) => {
    const ready = div(sub(of(x), [1, 2, 3]), [2, 1, 0.5]);
    return exp(mul(0.1, add(matmul(ready, b), lgamma(add(3, square(of(y)))))));
  },
  'columns by themselves': (of) => {
    const [first, last] = [take(of(x), 0, 1), take(of(x), [2, 1], 1)];
    return add(mul(log1p(exp(first)), take(b, 0)), sum(mul(last, take(b, [0, 1])), 1));
  },
  'sums of known numbers, and numbers beside each other': (of) =>
    mul(add(sum(exp(of(x)), 1), of(y)), logSumExp(add(reshape(of(y), [of(y).shape[0]!, 1]), b), 1)),
  'effects of groups': (of) => mul(take(a, of(value(groups))), of(y)),
  'effects of groups, several columns': (of) => sum(mul(take(c, of(value(groups))), of(x)), 1),
  'effects of groups, looked up for all members first': (of) => sum(mul(of(take(c, groups)), of(x)), 1),
  'latents of members': (of) => mul(of(z), exp(mul(0.3, of(z))), of(y)),
  'both sides': (of) =>
    sum(matmul(concat([of(x), of(x)], 1), matmul(reshape(take(b, [0, 1, 2, 0, 1, 2]), [6, 1]), [[1, 2]])), 1),
};

const at = Float64Array.from({ length: D + 4 + N + 4 * D }, (_, i) => Math.sin(i + 1));

test.each(Object.entries(models))(
  '%s: over an epoch of minibatches value and gradient are those of all rows, emitted and interpreted',
  (_, terms) => {
    const whole = sum(terms((v) => v));
    const full = compile([whole, ...differentiate(whole, inputs)], inputs);
    full.inputs.set(at);
    full.run();
    const batch = index('batch', TAKEN);
    const some = sum(terms((v) => rows(v, batch)));
    const gradients = differentiate(some, inputs);
    const programs = (['emitted', 'interpreted'] as const).map((execution) =>
      compile([some, ...gradients], inputs, { execution }),
    );
    const order = Array.from({ length: N }, (_, n) => (7 * n + 3) % N);
    const total = new Float64Array(full.outputs.length);
    for (let start = 0; start < N; start += TAKEN) {
      for (const program of programs) {
        program.rowsOf(batch).set(order.slice(start, start + TAKEN));
        program.inputs.set(at);
        program.run();
      }
      expect(programs[1]!.outputs).toEqual(programs[0]!.outputs);
      programs[0]!.outputs.forEach((v, i) => {
        total[i]! += v;
      });
    }
    const largest = Math.max(...full.outputs.map(Math.abs));
    total.forEach((v, i) => {
      expect(Math.abs(v - full.outputs[i]!)).toBeLessThan(1e-13 * largest);
    });
  },
);

/** One row of known numbers is known. */
function rowOf(v: Value, place: number): Value {
  const width = v.op === 'constant' ? v.data!.length / N : 0;
  return width === 0
    ? take(v, [place])
    : constant(v.data!.slice(place * width, (place + 1) * width), [1, ...v.shape.slice(1)]);
}

test('a minibatch of one row, and of rows that come twice', () => {
  for (const places of [[5], [5, 5, 2]]) {
    const batch = index('batch', places.length);
    for (const terms of Object.values(models)) {
      const some = sum(terms((v) => rows(v, batch)));
      const due = places.reduce<Value>((total, place) => add(total, sum(terms((v) => rowOf(v, place)))), value(0));
      const programs = [some, due].map((total) => compile([total, ...differentiate(total, inputs)], inputs));
      programs[0]!.rowsOf(batch).set(places);
      for (const program of programs) {
        program.inputs.set(at);
        program.run();
      }
      programs[1]!.outputs.forEach((v, i) => {
        expect(Math.abs(programs[0]!.outputs[i]! - v)).toBeLessThan(1e-13 * (1 + Math.abs(v)));
      });
    }
  }
});

test('what depends on data alone is computed before a run, for minibatches as for full passes', () => {
  const batch = index('batch', TAKEN);
  const { source } = compile([sum(mul(lgamma(exp(rows(y, batch))), sum(b)))], [b]);
  expect(source).not.toMatch(/lgamma|exp/);
});

test('groups of members are whole numbers that are there', () => {
  const batch = index('batch', 2);
  expect(() => take(a, rows(value([0, 1, 4]), batch))).toThrow('place 4 was asked for along axis 0 of [4]');
  expect(() => take(a, rows(value([0, 1, 0.5]), batch))).toThrow('place 0.5 was asked for');
});
