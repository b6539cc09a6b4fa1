import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import type { Support } from '../distributions/index.ts';
import { compile, differentiate, input, reshape, type Shape, sizeOf, take, type Value, value } from '../graph/index.ts';
import { supportTransform } from './support-transform.ts';

const interval = (lower: number | null, upper: number | null): Support => ({
  kind: 'interval',
  lower: lower === null ? null : value(lower),
  upper: upper === null ? null : value(upper),
});

/** The numbers of a value that are free of one another: as many as the free ones. */
type Chosen = (shape: Shape) => number[];
const every: Chosen = (shape) => Array.from({ length: sizeOf(shape) }, (_, i) => i);
const lower =
  (withDiagonal: boolean): Chosen =>
  (shape) =>
    every(shape).filter(
      (i) => i % shape[1]! < Math.floor(i / shape[1]!) || (withDiagonal && i % (shape[1]! + 1) === 0),
    );

const cases: readonly [string, Support, Shape, Chosen][] = [
  ['real', { kind: 'real' }, [3], every],
  ['above', interval(-1, null), [3], every],
  ['below', interval(null, 2), [3], every],
  ['between', interval(-1, 3), [3], every],
  ['simplex', { kind: 'simplex' }, [4], (shape) => every(shape).slice(0, -1)],
  ['ordered', { kind: 'ordered' }, [4], every],
  ['Cholesky factor', { kind: 'choleskyFactor' }, [3, 3], lower(true)],
  ['positive definite', { kind: 'positiveDefinite' }, [3, 3], lower(true)],
  ['correlation factor', { kind: 'correlationFactor' }, [3, 3], lower(false)],
];

test.each(cases)(
  '%s: there and back gives the free numbers, and the Jacobian is the determinant',
  (_, support, shape, chosen) => {
    const transform = supportTransform(support);
    const freeShape = transform.freeShape(shape);
    const free = input('free', freeShape);
    const { value: x, logJacobian } = transform.forward(free);
    const flat = reshape(x, [sizeOf(shape)]);
    const slopes = chosen(shape).flatMap((i) => differentiate(take(flat, i), [free]));
    const program = compile([x, transform.inverse(x), logJacobian, ...slopes], [free]);
    const random = generator(key(1));
    program.inputs.set(program.inputs.map(() => random.normal()));
    program.run();
    const n = sizeOf(freeShape);
    const out = [...program.outputs];
    const back = out.slice(sizeOf(shape), sizeOf(shape) + n);
    for (const [i, u] of back.entries()) expect(u).toBeCloseTo(program.inputs[i]!, 10);
    const jacobian = out.slice(sizeOf(shape) + n + 1);
    expect(jacobian).toHaveLength(n * n);
    expect(out[sizeOf(shape) + n]).toBeCloseTo(Math.log(Math.abs(determinant(jacobian, n))), 10);
  },
);

test('correlations of many columns come back, however close to ±1', () => {
  const transform = supportTransform({ kind: 'correlationFactor' });
  const free = input('free', transform.freeShape([30, 30]));
  const program = compile([transform.inverse(transform.forward(free).value)], [free]);
  const random = generator(key(1));
  for (const scale of [0.1, 1, 3]) {
    program.inputs.set(program.inputs.map(() => scale * random.normal()));
    program.run();
    for (const [i, u] of program.outputs.entries())
      expect(Math.abs(u - program.inputs[i]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(u)));
  }
});

test('values lie in their support', () => {
  const at = (support: Support, shape: Shape): number[] => {
    const transform = supportTransform(support);
    const free = input('free', transform.freeShape(shape));
    const program = compile([transform.forward(free).value], [free]);
    const random = generator(key(2));
    program.inputs.set(program.inputs.map(() => 3 * random.normal()));
    program.run();
    return [...program.outputs];
  };
  for (const share of at({ kind: 'simplex' }, [2, 5])) expect(share).toBeGreaterThan(0);
  expect(at({ kind: 'simplex' }, [5]).reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  const rising = at({ kind: 'ordered' }, [5]);
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  const factor = at({ kind: 'correlationFactor' }, [4, 4]);
  for (let i = 0; i < 4; i++) expect(factor.slice(4 * i, 4 * i + 4).reduce((s, x) => s + x * x, 0)).toBeCloseTo(1, 12);
});

test('a batch is mapped one by one', () => {
  for (const [, support, shape] of cases) {
    const transform = supportTransform(support);
    const one = transform.freeShape(shape);
    const both = transform.freeShape([2, ...shape]);
    expect(both).toEqual([2, ...one]);
    const free = input('free', both);
    const part = (i: number): Value => transform.forward(take(free, i)).value;
    const { value: x, logJacobian } = transform.forward(free);
    const alone = [0, 1].map((i) => transform.forward(take(free, i)).logJacobian);
    const program = compile([x, part(0), part(1), logJacobian, ...alone, transform.inverse(x)], [free]);
    const random = generator(key(3));
    program.inputs.set(program.inputs.map(() => random.normal()));
    program.run();
    const n = 2 * sizeOf(shape);
    const out = [...program.outputs];
    for (const [i, v] of out.slice(0, n).entries()) expect(v).toBeCloseTo(out[n + i]!, 12);
    expect(out[2 * n]).toBeCloseTo(out[2 * n + 1]! + out[2 * n + 2]!, 10);
    for (const [i, u] of out.slice(2 * n + 3).entries()) expect(u).toBeCloseTo(program.inputs[i]!, 8);
  }
});

test('what is discrete is refused', () => {
  expect(() => supportTransform({ kind: 'whole', upper: null })).toThrow('what is discrete has no free coordinates');
});

function determinant(matrix: readonly number[], n: number): number {
  const a = Array.from({ length: n }, (_, i) => matrix.slice(i * n, i * n + n));
  let product = 1;
  for (let i = 0; i < n; i++) {
    const pivot = a.slice(i).reduce((best, row, r) => (Math.abs(row[i]!) > Math.abs(a[best]![i]!) ? i + r : best), i);
    [a[i], a[pivot]] = [a[pivot]!, a[i]!];
    product *= pivot === i ? a[i]![i]! : -a[i]![i]!;
    for (let r = i + 1; r < n; r++) {
      const factor = a[r]![i]! / a[i]![i]!;
      for (let c = i; c < n; c++) a[r]![c]! -= factor * a[i]![c]!;
    }
  }
  return product;
}
