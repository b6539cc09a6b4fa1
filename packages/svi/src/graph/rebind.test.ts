import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import {
  add,
  compile,
  differentiate,
  evidence,
  exp,
  input,
  log,
  mean,
  mul,
  rebinding,
  square,
  sub,
  sum,
  take,
  transpose,
  type Value,
  value,
} from './index.ts';

const a = input('a', [3]);
const s = input('s', []);

/** Sums known before a run, one number that a loop reads, places of groups, equal ones among them, and the kernel. */
function graphOf(seed: number, n: number, scale = 2): Value {
  const random = generator(key(seed));
  const y = Array.from({ length: n }, () => random.normal());
  const groups = Array.from({ length: n }, () => random.integer(3));
  const pairs = value(Array.from({ length: n }, () => [random.normal(), random.normal()]));
  const center = mean(y);
  const residual = sub(sub(y, center), mul(scale, take(a, groups)));
  const turned = sum(mul(transpose(pairs), y));
  const mixed = evidence(
    pairs,
    take(a, [0, 1]),
    value([
      [1, 2],
      [0, 1],
    ]),
  );
  return add(
    mul(-0.5, exp(s), sum(square(residual))),
    mul(log(n), s),
    turned,
    mul(sum(value(y)), take(a, groups[0]!)),
    mixed,
  );
}

test.each(['emitted', 'interpreted'] as const)(
  '%s: a program that was given the arrays of another graph has the bits of one that was made for it',
  (execution) => {
    const programOf = rebinding();
    const at = [0.3, -0.2, 0.5, 0.1];
    const bitsOf = (seed: number, n: number, scale?: number): readonly Float64Array[] => {
      const total = graphOf(seed, n, scale);
      const due = compile([total, ...differentiate(total, [a, s])], [a, s], { execution });
      const told = programOf(total, [a, s], { execution });
      for (const program of [due, told]) {
        program.inputs.set(at);
        program.run();
      }
      return [told.outputs.slice(), due.outputs.slice()];
    };
    // Other numbers, other sizes and back, another constant; groups that are all alike have other code.
    for (const [seed, n, scale] of [
      [1, 7],
      [2, 7],
      [3, 100],
      [1, 7],
      [4, 100],
      [5, 7, 3],
      [6, 7, 3],
      [7, 2],
      [8, 2],
      [9, 2],
      [10, 2],
    ] as const) {
      const [told, due] = bitsOf(seed, n, scale);
      expect(told).toEqual(due);
    }
  },
);

test('graphs of one form share a program', () => {
  const programOf = rebinding();
  const first = programOf(sum(mul(a, [1, 2, 3])), [a]);
  expect(programOf(sum(mul(a, [4, 5, 6])), [a])).toBe(first);
  expect(programOf(sum(mul(a, [[4, 5, 6]])), [a])).not.toBe(first);
  expect(programOf(sum(mul(a, [4, 5, 6], 2)), [a])).not.toBe(first);
});
