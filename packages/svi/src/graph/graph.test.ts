import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { concat, cumulativeSum, rows, slice, stack, take, transpose } from './arrange.ts';
import { compile } from './compile.ts';
import { differentiate } from './differentiate.ts';
import { cholesky, diagonal, matmul, triangularSolve } from './linear.ts';
import * as ops from './operations.ts';
import { type Case, expectGradient } from './testing-gradients.ts';
import { index, input, random, value } from './value.ts';

const { add, mul, div, sub, exp, sum, where, less } = ops;
const positive = (x: number): number => 0.3 + x * x;
const one = (make: Case['make'], at?: Case['at']): Case => ({ shapes: [[2, 3]], make, ...(at && { at }) });
const spd = (a: Parameters<Case['make']>[0]): ReturnType<Case['make']> => {
  const d = a.shape.at(-1)!;
  const eye = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? d : 0)));
  const last = a.shape.map((_, axis) => axis);
  return add(matmul(a, transpose(a, [...last.slice(0, -2), last.at(-1)!, last.at(-2)!])), eye);
};

const cases: { readonly [title: string]: Case } = {
  exp: one((x) => exp(x!)),
  log: one((x) => ops.log(x!), positive),
  log1p: one((x) => ops.log1p(x!), positive),
  expm1: one((x) => ops.expm1(x!)),
  sqrt: one((x) => ops.sqrt(x!), positive),
  abs: one((x) => ops.abs(x!)),
  tanh: one((x) => ops.tanh(x!)),
  'sine and cosine': one((x) => mul(ops.sin(x!), ops.cos(x!))),
  atan: one((x) => ops.atan(x!)),
  lgamma: one((x) => ops.lgamma(x!), positive),
  digamma: one((x) => ops.digamma(x!), positive),
  'log of the normal distribution function': {
    shapes: [[9]],
    make: (x) => ops.normalLogCdf(x!),
    at: (_, i) => 2.5 * i - 12,
  },
  sigmoid: one((x) => ops.sigmoid(x!)),
  softplus: one((x) => ops.softplus(x!)),
  'a mean over an axis': one((x) => ops.mean(mul(x!, x!), 0)),
  'log-sum-exp over one axis': one((x) => ops.logSumExp(x!, 1)),
  'log-sum-exp over the first axis': one((x) => ops.logSumExp(x!, 0)),
  'log-sum-exp over all': one((x) => ops.logSumExp(x!)),
  'a log-softmax': one((x) => ops.logSoftmax(x!)),
  powers: { shapes: [[3], [3]], make: (a, b) => ops.pow(a!, b!), at: positive },
  quotients: { shapes: [[3, 1], [2]], make: (a, b) => div(a!, b!), at: positive },
  'sums that stretch both sides': {
    shapes: [[3, 1], [2], []],
    make: (a, b, c) => mul(add(a!, b!), sub(b!, c!), exp(c!)),
  },
  'the larger and the smaller': { shapes: [[4], []], make: (a, b) => mul(ops.maximum(a!, b!), ops.minimum(a!, 0.3)) },
  'a choice': {
    shapes: [[4], [4]],
    make: (a, b) => where(less(a!, b!), mul(a!, a!), exp(b!)),
    at: (x, i) => x + (i < 4 ? 0 : i % 2 ? 3 : -3),
  },
  'sums over a middle axis': { shapes: [[2, 3, 4]], make: (a) => mul(sum(mul(a!, a!), 1), sum(a!, [0, 1])) },
  'sums of stretched arrays': { shapes: [[3], [2, 1]], make: (a, b) => sum(mul(add(a!, b!), 2), 0) },
  'takes and slices': { shapes: [[4, 3]], make: (a) => concat([take(a!, [2, 0, 2]), slice(a!, 1, 3), mul(2, a!)]) },
  'places that a value says': { shapes: [[4], [3, 2]], make: (z, a) => exp(take(a!, where(less(z!, 0), 2, 0))) },
  'columns that a value says': { shapes: [[4], [3, 2]], make: (z, a) => exp(take(a!, less(z!, 0), 1)) },
  'single places': { shapes: [[3]], make: (a) => mul(take(a!, 1), exp(take(a!, 0))) },
  'one column': { shapes: [[4, 3]], make: (a) => mul(take(a!, 1, 1), take(a!, 0, -1)) },
  'concat along an inner axis': {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    make: (a, b) => exp(concat([a!, b!, a!], 1)),
  },
  stack: { shapes: [[], [], []], make: (a, b, c) => mul(stack([a!, b!, c!]), [1, 2, 3]) },
  'a stack along the last axis': {
    shapes: [[2], [2]],
    make: (a, b) =>
      mul(stack([a!, b!], -1), [
        [1, 2],
        [3, 4],
      ]),
  },
  transpose: { shapes: [[2, 3, 2]], make: (a) => mul(transpose(a!, [2, 0, 1]), 2) },
  'a running sum': { shapes: [[2, 4]], make: (a) => exp(cumulativeSum(a!)) },
  'a matrix times a vector': { shapes: [[3, 2], [2]], make: (a, b) => matmul(a!, exp(b!)) },
  'matrices of a batch': {
    shapes: [
      [2, 3, 2],
      [2, 2, 4],
    ],
    make: (a, b) => matmul(a!, b!),
  },
  'one matrix times a batch': {
    shapes: [
      [3, 2],
      [2, 2, 4],
    ],
    make: (a, b) => matmul(a!, b!),
  },
  cholesky: { shapes: [[3, 3]], make: (a) => cholesky(spd(a!)) },
  'cholesky of a batch': { shapes: [[2, 2, 2]], make: (a) => ops.log(diagonal(cholesky(spd(a!)))) },
  'a triangular solve': { shapes: [[3, 3], [3]], make: (a, b) => triangularSolve(cholesky(spd(a!)), b!) },
  'a transposed solve of columns': {
    shapes: [
      [3, 3],
      [3, 2],
    ],
    make: (a, b) => triangularSolve(cholesky(spd(a!)), b!, { transposed: true }),
  },
  'one factor for a batch': {
    shapes: [
      [2, 2],
      [3, 2, 1],
    ],
    make: (a, b) => triangularSolve(cholesky(spd(a!)), b!),
  },
  'second derivatives': {
    shapes: [[3]],
    make: (a) => differentiate(ops.logSumExp(mul(a!, a!)), [a!])[0]!,
  },
};

test.each(Object.entries(cases))(
  '%s: both executions give the same bits, the gradient agrees with differences',
  (_, c) => {
    expectGradient(c);
  },
);

test('take by a value chooses as by numbers, of rows of a minibatch too, and has the gradient of what was chosen', () => {
  const x = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const which = input('which', [2]);
  for (const axis of [0, 1]) {
    const program = compile([ops.take(x, which, axis)], [which]);
    for (const places of [
      [1, 0],
      [0, 1],
      [1, 1],
    ]) {
      program.inputs.set(places);
      program.run();
      const due = compile([ops.take(x, places, axis)], []);
      due.run();
      expect(Array.from(program.outputs)).toEqual(Array.from(due.outputs));
    }
  }
  const of = input('of', [3]);
  const chosen = compile(differentiate(sum(mul(ops.take(of, which), [10, 1])), [of]), [of, which]);
  chosen.inputs.set([1, 2, 3, 2, 0]);
  chosen.run();
  expect(Array.from(chosen.outputs)).toEqual([1, 0, 10]);
  const batch = index('batch', 2);
  const grouped = compile([ops.take([10, 20, 30], rows([2, 0, 1], batch))], []);
  grouped.rowsOf(batch).set([0, 2]);
  grouped.run();
  expect(Array.from(grouped.outputs)).toEqual([30, 20]);
  expect(() => ops.take([10, 20], rows([2, 0, 1], batch))).toThrow('place 2 was asked for along axis 0 of [2]');
});

test('rows that an index names are read anew in every run, and their gradient lands in those rows', () => {
  const x = input('x', [4, 2]);
  const which = index('batch', 2);
  const y = sum(ops.square(rows(x, which)));
  for (const execution of ['emitted', 'interpreted'] as const) {
    const program = compile([y, ...differentiate(y, [x])], [x], { execution });
    program.inputs.set([1, 2, 3, 4, 5, 6, 7, 8]);
    program.rowsOf(which).set([3, 0]);
    program.run();
    expect([...program.outputs]).toEqual([49 + 64 + 1 + 4, 2, 4, 0, 0, 0, 0, 14, 16]);
    program.rowsOf(which).set([1, 1]);
    program.run();
    expect([...program.outputs]).toEqual([50, 0, 0, 12, 16, 0, 0, 0, 0]);
  }
});

test('draws come from the source alone, the same for both executions', () => {
  const x = input('x', [3]);
  const draws = [random('normal', [3]), random('gamma', [3], [x]), random('uniform', [])];
  const outputs = [add(mul(draws[0]!, x), draws[1]!, draws[2]!), draws[0]!];
  const [a, b] = (['emitted', 'interpreted'] as const).map((execution) => {
    const program = compile(outputs, [x], { execution });
    program.inputs.set([0.5, 2, 30]);
    program.run(generator(key(3)));
    return [...program.outputs];
  });
  expect(a).toEqual(b);
  expect(() => compile(outputs, [x]).run()).toThrow('no random source came');
});

test('loops over the same axes run as one, and what constants make is computed before', () => {
  const x = input('x', [5]);
  const y = sum(ops.square(sub(x, value([1, 2, 3, 4, 5]))));
  const { source } = compile([add(y, ops.log(value(2))), ...differentiate(y, [x])], [x]);
  expect(source.match(/for\(/g)).toHaveLength(1);
  expect(source).not.toContain('Math.log');
});

test('what is folded of plain numbers is what code for arrays computes', () => {
  const folded = [ops.minimum(2, 3), ops.maximum(-3, -2), ops.where(ops.less(1, 2), 5, 6), ops.div(3, 4)];
  const arrays = [ops.minimum([2], 3), ops.maximum([-3], -2), ops.where(ops.less([1], 2), 5, 6), ops.div([3], 4)];
  const program = compile([...folded, ...arrays], []);
  program.run();
  expect([...program.outputs]).toEqual([2, -2, 5, 0.75, 2, -2, 5, 0.75]);
});

test('log-sum-exp is −∞ where all are, and overflows nowhere', () => {
  const program = compile(
    [
      ops.logSumExp(
        [
          [-Infinity, -Infinity],
          [1000, 1000],
        ],
        1,
      ),
    ],
    [],
  );
  program.run();
  expect([...program.outputs]).toEqual([-Infinity, 1000 + Math.log(2)]);
});

test.each([
  [() => add([1, 2], [1, 2, 3]), 'shapes [2] and [3] do not broadcast'],
  [() => value([[1], [1, 2]]), 'a list stands where [1] was due'],
  [() => value('x' as never), '"x" came, numbers or a value were due'],
  [() => matmul([[1, 2]], [[1, 2]]), '[1, 2] and [1, 2] have no product'],
  [
    () =>
      stack(
        [
          [1, 2],
          [3, 4],
        ],
        2,
      ),
    'axis 2 was asked for of [2, 2]',
  ],
  [() => rows([1, 2], [0] as never), 'rows() takes the index of a minibatch alone'],
  [() => take([1, 2], 2), 'place 2 was asked for along axis 0 of [2]'],
  [() => ops.sum([1, 2], 1), 'axis 1 was asked for of [2]'],
  [() => ops.reshape([1, 2], [3]), '[2] cannot become [3]'],
  [() => cholesky([1, 2]), '[2] came, square matrices were due'],
  [() => differentiate(value([1, 2]), []), '[2] came, a single number is what has a gradient'],
  [() => compile([input('tau', [2])], []), 'input "tau" [2] is needed, but not listed'],
])('what does not fit is refused in one sentence (%#)', (make, message) => {
  expect(make).toThrow(message);
});

test('gradients lose axes of size 1 that an operand does not have', () => {
  const [x, y] = [input('x', []), input('y', [2])];
  const made = sum(mul(ops.reshape(mul(x, value([[3]])), [1, 1]), value([[2]])));
  const program = compile(differentiate(add(made, sum(mul(y, value([[5, 7]])))), [x, y]), [x, y]);
  program.inputs.set([1, 1, 1]);
  program.run();
  expect([...program.outputs]).toEqual([6, 5, 7]);
});
