import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cholesky } from '../numeric/linalg/cholesky.ts';
import { inverseFromCholesky } from '../numeric/linalg/inverse-from-cholesky.ts';
import { logDetFromCholesky } from '../numeric/linalg/log-det-from-cholesky.ts';
import { triangularSolve } from '../numeric/linalg/triangular-solve.ts';
import { generator } from '../numeric/random/generator.ts';
import { key } from '../numeric/random/key.ts';
import { split } from '../numeric/random/split.ts';
import { largestDifference, randomPositiveDefinite } from '../testing/matrices.ts';
import { tensorOps } from './tensor-ops.ts';
import { tensorOf, tfBackends, valuesOf } from './testing.ts';

const ops = tensorOps(tf);
const batches = [[], [3], [2, 3]] as const;
const sizes = [1, 2, 5, 16];
const cases = batches.flatMap((batch) => sizes.map((d) => ({ batch, d, count: batch.reduce((a, b) => a * b, 1) })));

/** Matrices that float32 holds exactly, so that float64 results are those of the same input. */
function matrices(label: string, count: number, d: number): Float64Array[] {
  return Array.from({ length: count }, (_, b) => {
    const a = randomPositiveDefinite(generator(split(key(1), label, b, d)), d, 20);
    return a.map(Math.fround);
  });
}

function normals(label: string, length: number): Float64Array {
  const random = generator(split(key(2), label));
  return Float64Array.from({ length }, () => Math.fround(random.normal()));
}

function factorOf(a: Float64Array, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  expect(cholesky(a, d, factor)).toBe(d);
  return factor;
}

const joined = (parts: readonly Float64Array[]): number[] => parts.flatMap((part) => [...part]);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Derivative of f at x along a direction, by central differences in float64. */
function along(f: (x: Float64Array) => number, x: Float64Array, direction: Float64Array): number {
  const h = 1e-5;
  return (f(x.map((v, i) => v + h * direction[i]!)) - f(x.map((v, i) => v - h * direction[i]!))) / (2 * h);
}

/** A random symmetric direction. */
function symmetric(label: string, d: number): Float64Array {
  const e = normals(label, d * d);
  return e.map((_, ij) => (e[ij]! + e[(ij % d) * d + Math.floor(ij / d)]!) / 2);
}

describe.each(await tfBackends())('matrix ops on $name', ({ tfName }) => {
  beforeAll(() => tf.setBackend(tfName));

  it.each(cases)('cholesky agrees with float64 for batch $batch, D = $d', ({ batch, d, count }) => {
    const a = matrices('cholesky', count, d);
    const lower = ops.cholesky(tensorOf(joined(a), [...batch, d, d]));
    expect(lower.shape).toEqual([...batch, d, d]);
    expect(largestDifference(valuesOf(lower), joined(a.map((m) => factorOf(m, d))))).toBeLessThan(2e-6);
  });

  it.each(cases)(
    'the gradient of cholesky agrees with finite differences for batch $batch, D = $d',
    ({ batch, d, count }) => {
      const a = matrices('cholesky gradient', count, d);
      const weights = a.map((_, b) => normals(`weights ${b}`, d * d));
      const w = tensorOf(joined(weights), [...batch, d, d]);
      const gradient = valuesOf(
        tf.grad((x) => tf.sum(tf.mul(w, ops.cholesky(x))))(tensorOf(joined(a), [...batch, d, d])),
      );
      a.forEach((matrix, b) => {
        const part = gradient.slice(b * d * d, (b + 1) * d * d);
        for (let trial = 0; trial < 3; trial++) {
          const e = symmetric(`direction ${b} ${trial}`, d);
          const expected = along((x) => dot(weights[b]!, factorOf(x, d)), matrix, e);
          expect(Math.abs(dot(part, e) - expected)).toBeLessThan(1e-4 * Math.sqrt(dot(part, part) * dot(e, e)));
        }
        expect(
          largestDifference(
            part,
            part.map((_, ij) => part[(ij % d) * d + Math.floor(ij / d)]!),
          ),
        ).toBeLessThan(1e-6);
      });
    },
  );

  it.each(cases)(
    'log det agrees with float64 and its gradient is the inverse, for batch $batch, D = $d',
    ({ batch, d, count }) => {
      const a = matrices('log det', count, d);
      const { value, grad } = tf.valueAndGrad((x) => tf.sum(ops.logDet(x)))(tensorOf(joined(a), [...batch, d, d]));
      const factors = a.map((matrix) => factorOf(matrix, d));
      expect(ops.logDet(tensorOf(joined(a), [...batch, d, d])).shape).toEqual([...batch]);
      expect(value.dataSync()[0]).toBeCloseTo(
        factors.reduce((sum, l) => sum + logDetFromCholesky(l, d), 0),
        3,
      );
      expect(largestDifference(valuesOf(grad), joined(factors.map((l) => inverseFromCholesky(l, d))))).toBeLessThan(
        1e-5,
      );
    },
  );

  describe.each([false, true])('triangularSolve with adjoint %s', (adjoint) => {
    it.each(cases)('agrees with float64 for batch $batch, D = $d', ({ batch, d, count }) => {
      const lowers = matrices('solve', count, d).map((a) => factorOf(a, d).map(Math.fround));
      const rhs = lowers.map((_, b) => normals(`rhs ${b}`, d * 4));
      const x = ops.triangularSolve(
        tensorOf(joined(lowers), [...batch, d, d]),
        tensorOf(joined(rhs), [...batch, d, 4]),
        { adjoint },
      );
      const expected = lowers.map((l, b) => triangularSolve(l, d, rhs[b]!, { columns: 4, adjoint }));
      expect(x.shape).toEqual([...batch, d, 4]);
      expect(largestDifference(valuesOf(x), joined(expected))).toBeLessThan(1e-5);
    });

    it.each(cases)(
      'has gradients that agree with finite differences for batch $batch, D = $d',
      ({ batch, d, count }) => {
        const lowers = matrices('solve gradient', count, d).map((a) => factorOf(a, d).map(Math.fround));
        const rhs = lowers.map((_, b) => normals(`rhs ${b}`, d * 4));
        const weights = lowers.map((_, b) => normals(`weights ${b}`, d * 4));
        const w = tensorOf(joined(weights), [...batch, d, 4]);
        const [dLower, dRhs] = tf
          .grads((l, b) => tf.sum(tf.mul(w, ops.triangularSolve(l!, b!, { adjoint }))))([
            tensorOf(joined(lowers), [...batch, d, d]),
            tensorOf(joined(rhs), [...batch, d, 4]),
          ])
          .map(valuesOf) as [number[], number[]];
        lowers.forEach((lower, b) => {
          const solved = (l: Float64Array, r: Float64Array) =>
            dot(weights[b]!, triangularSolve(l, d, r, { columns: 4, adjoint }));
          const partL = dLower.slice(b * d * d, (b + 1) * d * d);
          const partR = dRhs.slice(b * d * 4, (b + 1) * d * 4);
          // A direction above the diagonal too: nothing there is read, so the derivative along it is 0.
          const eL = normals(`lower ${b}`, d * d);
          const eR = normals(`right ${b}`, d * 4);
          const tolerance = (part: number[], e: Float64Array) => 1e-4 * Math.sqrt(dot(part, part) * dot(e, e));
          expect(Math.abs(dot(partL, eL) - along((l) => solved(l, rhs[b]!), lower, eL))).toBeLessThan(
            tolerance(partL, eL),
          );
          expect(Math.abs(dot(partR, eR) - along((r) => solved(lower, r), rhs[b]!, eR))).toBeLessThan(
            tolerance(partR, eR),
          );
        });
      },
    );
  });

  it('repeats leading axes of either side, and sums their gradients', () => {
    const d = 3;
    const lowers = matrices('broadcast', 4, d).map((a) => factorOf(a, d).map(Math.fround));
    const rhs = normals('shared', d * 2);
    const [l, r] = [tensorOf(joined(lowers), [4, d, d]), tensorOf(rhs, [d, 2])];
    const x = ops.triangularSolve(l, r);
    expect(x.shape).toEqual([4, d, 2]);
    expect(
      largestDifference(valuesOf(x), joined(lowers.map((m) => triangularSolve(m, d, rhs, { columns: 2 })))),
    ).toBeLessThan(1e-5);
    const gradient = tf.grad((b) => tf.sum(ops.triangularSolve(l, b)))(r);
    const ones = new Float64Array(d * 2).fill(1);
    const parts = lowers.map((m) => triangularSolve(m, d, ones, { columns: 2, adjoint: true }));
    const expected = ones.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
    expect(gradient.shape).toEqual([d, 2]);
    expect(largestDifference(valuesOf(gradient), expected)).toBeLessThan(1e-5);
    expect(ops.triangularSolve(tensorOf(lowers[0]!, [1, d, d]), tf.ones([5, d, 1])).shape).toEqual([5, d, 1]);
  });

  it('answers NaN for a matrix that is not positive definite or not finite, and leaves its neighbours alone', () => {
    const bad = [
      [1, 2, 2, 1],
      [0, 0, 0, 0],
      [-1, 0, 0, 1],
      [Number.NaN, 0, 0, 1],
      [1, 0, Number.POSITIVE_INFINITY, 1],
      [Number.POSITIVE_INFINITY, 0, 0, 1],
      [1, 0, 0, Number.POSITIVE_INFINITY],
    ];
    for (const matrix of bad) {
      const a = tensorOf([4, 2, 2, 3, ...matrix, 4, 2, 2, 3], [3, 2, 2]);
      const lower = valuesOf(ops.cholesky(a));
      expect(lower.slice(4, 8)).toEqual([Number.NaN, 0, Number.NaN, Number.NaN]);
      expect(lower.slice(8)).toEqual(lower.slice(0, 4));
      expect(largestDifference(lower.slice(8), [2, 0, 1, Math.SQRT2])).toBeLessThan(1e-6);
      expect(Number.isNaN(valuesOf(ops.logDet(a))[1])).toBe(true);
      const gradient = valuesOf(tf.grad((x) => tf.sum(ops.logDet(x)))(a));
      expect(gradient.slice(4, 8)).toEqual(Array(4).fill(Number.NaN));
      expect(largestDifference(gradient.slice(8), [0.375, -0.25, -0.25, 0.5])).toBeLessThan(1e-6);
    }
  });

  it('reads the lower triangle only', () => {
    expect(
      largestDifference(valuesOf(ops.cholesky(tensorOf([4, 99, 2, 3], [2, 2]))), [2, 0, 1, Math.SQRT2]),
    ).toBeLessThan(1e-6);
    expect(valuesOf(ops.triangularSolve(tensorOf([2, 99, 1, 4], [2, 2]), tensorOf([2, 9], [2, 1])))).toEqual([1, 2]);
  });

  it('solves with NaN where the matrix is NaN, and divides by 0 as numbers do', () => {
    const nan = Array(4).fill(Number.NaN);
    expect(valuesOf(ops.triangularSolve(tensorOf(nan, [2, 2]), tf.ones([2, 1])))).toEqual([Number.NaN, Number.NaN]);
    expect(valuesOf(ops.triangularSolve(tensorOf([0], [1, 1]), tf.ones([1, 1])))).toEqual([Number.POSITIVE_INFINITY]);
  });

  it('has a second derivative: that of log det is −A⁻¹ ⊗ A⁻¹', () => {
    const a = tensorOf([4, 2, 2, 3], [2, 2]);
    const e = tensorOf([1, 0, 0, 0], [2, 2]);
    const curvature = tf.grad((x) => tf.sum(tf.mul(e, tf.grad((y) => tf.sum(ops.logDet(y)))(x))))(a);
    const inverse = [0.375, -0.25, -0.25, 0.5];
    const expected = [0, 1].flatMap((i) => [0, 1].map((j) => -inverse[2 * i]! * inverse[j]!));
    expect(largestDifference(valuesOf(curvature), expected)).toBeLessThan(1e-5);
  });

  it('leaves no tensor behind', () => {
    const a = tensorOf([4, 2, 2, 3], [2, 2]);
    const before = tf.memory().numTensors;
    ops.logDet(a).dispose();
    ops.cholesky(a).dispose();
    ops
      .triangularSolve(
        a,
        tf.tidy(() => tf.ones([3, 2, 1])),
      )
      .dispose();
    tf.grad((x) => tf.sum(ops.logDet(x)))(a).dispose();
    expect(tf.memory().numTensors - before).toBe(1); // the right-hand side above
  });

  it('refuses shapes and types that do not fit', () => {
    expect(() => ops.cholesky(tf.ones([2, 3]))).toThrow('[core] cholesky: shape is [2,3], [..., D, D] is due');
    expect(() => ops.cholesky(tf.ones([4]))).toThrow('[..., D, D] is due');
    expect(() => ops.logDet(tf.ones([2, 2], 'int32'))).toThrow('dtype is int32, float32 is due');
    expect(() => ops.triangularSolve(tf.eye(2), tf.ones([3, 1]))).toThrow('[..., D, D] and [..., D, M] are due');
    expect(() => ops.triangularSolve(tf.ones([2, 2, 2]), tf.ones([3, 2, 1]))).toThrow(
      'leading axes that are equal or 1 are due',
    );
  });
});

describe('cholesky', () => {
  it('answers alike where an older TensorFlow throws at a matrix that is not positive definite', async () => {
    await tf.setBackend('wasm');
    const throws = () => {
      throw new Error('Cholesky decomposition was not successful. The input might not be valid.');
    };
    const older = {
      ...tf,
      getBackend: () => 'tensorflow',
      backend: () => ({ binding: {}, executeSingleOutput: throws }),
    };
    const lower = tensorOps(older as unknown as typeof tf).cholesky(tensorOf([1, 2, 2, 1], [2, 2]));
    expect(valuesOf(lower)).toEqual([Number.NaN, 0, Number.NaN, Number.NaN]);
  });
});
