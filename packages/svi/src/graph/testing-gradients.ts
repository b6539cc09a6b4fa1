import { generator, key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import { compile } from './compile.ts';
import { differentiate } from './differentiate.ts';
import { mul } from './ops.ts';
import { sum } from './reduce.ts';
import { type Shape, sizeOf } from './shape.ts';
import { constant, input, type Value } from './value.ts';

/** An expression of inputs of these shapes, with what the inputs are. */
export type Case = {
  readonly shapes: readonly Shape[];
  readonly make: (...inputs: Value[]) => Value;
  /** From standard normals to inputs; the identity where none is given. */
  readonly at?: (normal: number, i: number) => number;
};

/**
 * Both executions give the same bits of an expression, of a random combination of its numbers, and of its gradient, which agrees with differences of
 * the combination (fourth order, steps of 1e-3).
 */
export function expectGradient({ shapes, make, at = (x) => x }: Case): void {
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape));
  const made = make(...inputs);
  const random = generator(key(7));
  const weights = constant(
    Float64Array.from({ length: sizeOf(made.shape) }, () => random.normal()),
    made.shape,
  );
  const y = sum(mul(made, weights));
  const outputs = [y, made, ...differentiate(y, inputs)];
  const [emitted, interpreted] = (['emitted', 'interpreted'] as const).map((execution) =>
    compile(outputs, inputs, { execution }),
  ) as [ReturnType<typeof compile>, ReturnType<typeof compile>];
  const point = emitted.inputs.map((_, i) => at(random.normal(), i));
  const valueAt = (x: Float64Array): number => {
    emitted.inputs.set(x);
    emitted.run(generator(key(1)));
    return emitted.outputs[0]!;
  };
  const n = point.length;
  const numeric = point.map((_, i) => {
    const h = 1e-3;
    const moved = (by: number): number => valueAt(point.map((x, j) => (j === i ? x + by * h : x)));
    return (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * h);
  });
  valueAt(point);
  interpreted.inputs.set(point);
  interpreted.run(generator(key(1)));
  expect([...interpreted.outputs]).toEqual([...emitted.outputs]);
  const gradient = emitted.outputs.slice(-n);
  const scale = Math.max(1, ...numeric.map(Math.abs));
  for (let i = 0; i < n; i++) expect(Math.abs(gradient[i]! - numeric[i]!) / scale).toBeLessThan(1e-8);
}
