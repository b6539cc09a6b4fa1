import { expect, test } from 'vitest';
import { rows, slice, stack } from './arrange.ts';
import { compile } from './compile.ts';
import { differentiate } from './differentiate.ts';
import { add, mul, pow, square } from './ops.ts';
import { broadcastTo, logSumExp, reshape, sum } from './reduce.ts';
import { input, type Value, value } from './value.ts';

const x = input('x', []);
const v = input('v', [3]);
/** Both executions, which agree. */
function run(outputs: readonly Value[], inputs: readonly Value[] = [], at: readonly number[] = []): number[] {
  const [a, b] = (['emitted', 'interpreted'] as const).map((execution) => {
    const program = compile(outputs, inputs, { execution });
    program.inputs.set(at);
    program.run();
    return [...program.outputs];
  });
  expect(a).toEqual(b);
  return a!;
}

test('powers stand still where exponents are 0, and so do powers of 0', () => {
  expect(run(differentiate(sum(pow(x, [0, 1, 2])), [x]), [x], [0])).toEqual([1]);
  expect(run(differentiate(pow(x, 0), [x]), [x], [0])).toEqual([0]);
  expect(run(differentiate(sum(pow([0, 1, 2], x)), [x]), [x], [2])).toEqual([4 * Math.LN2]);
  expect(run(differentiate(pow(x, 3), [x]), [x], [-2])).toEqual([12]);
});

test('log-sum-exp of infinities is one', () => {
  expect(run([logSumExp([Number.POSITIVE_INFINITY, 1]), logSumExp([Number.NEGATIVE_INFINITY])])).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
});

test('a new axis may be counted from the last of the result', () => {
  const both = [value([1, 2, 3]), value([4, 5, 6])];
  expect(stack(both, -1).shape).toEqual([3, 2]);
  expect(run([stack(both, -1)])).toEqual([1, 4, 2, 5, 3, 6]);
  expect(run([stack(both, -2)])).toEqual([1, 2, 3, 4, 5, 6]);
});

test('gradients pass through arrays of nothing', () => {
  const none = input('none', [0]);
  expect(run(differentiate(add(square(x), sum(mul(x, none))), [x, none]), [x, none], [3])).toEqual([6]);
});

test.each([
  [() => stack([v, v], 5), 'axis 5 was asked for of [3, 2]'],
  [() => slice(v, 0.5, 2), 'places 0.5 to 2 were asked for, whole numbers were due'],
  [() => slice(v, Number.NaN, 2), 'places NaN to 2 were asked for'],
  [() => reshape(v, [-1, -3]), 'the shape has an axis of -1, a list of whole numbers from 0 was due'],
  [() => reshape(v, 3 as never), 'the shape is 3, a list'],
  [() => broadcastTo(x, [1.5]), 'the shape has an axis of 1.5'],
  [() => rows(v, value([0, 1])), 'takes the index of a minibatch alone'],
  [() => value(new DataView(new ArrayBuffer(8)) as never), 'a DataView came'],
  [() => value({ data: ['1'] as never, rows: 1, cols: 1 }), 'a matrix has for its data a list, numbers were due'],
  [() => compile([x], [x], { execution: 'fast' as never }), 'unknown execution "fast"'],
  [() => compile([x], [x], { backend: {} as never }), 'a backend was due'],
])('what is no place, shape or number is refused in one sentence (%#)', (make, message) => {
  expect(make).toThrow(message);
});
