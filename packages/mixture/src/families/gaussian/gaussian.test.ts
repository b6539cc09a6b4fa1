import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../index.ts';
import { floorCovariance } from './floor-covariance.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { squaredDistance, traceUnder, whiten } from './whiten.ts';

const D = 5;
/** Symmetric matrices whose cells differ by many orders of magnitude. */
const symmetric = fc
  .array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -8, max: 8 })), {
    minLength: 15,
    maxLength: 15,
  })
  .map((half) => {
    const a = new Float64Array(D * D);
    let next = 0;
    for (let i = 0; i < D; i++)
      for (let j = 0; j <= i; j++) a[i * D + j] = a[j * D + i] = half[next]![0] * 10 ** half[next++]![1];
    return a;
  });

const rebuilt = (values: Float64Array, vectors: Float64Array): Float64Array =>
  Float64Array.from({ length: D * D }, (_, at) => {
    const [i, j] = [Math.floor(at / D), at % D];
    return values.reduce((sum, value, e) => sum + value * vectors[i * D + e]! * vectors[j * D + e]!, 0);
  });

const worst = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

describe('symmetricEigen', () => {
  it('gives orthonormal vectors that rebuild the matrix', () => {
    fc.assert(
      fc.property(symmetric, (a) => {
        const { values, vectors } = symmetricEigen(a, D);
        const size = Math.max(...a.map(Math.abs));
        expect(worst(rebuilt(values, vectors), a)).toBeLessThanOrEqual(1e-13 * size);
        const transposed = Float64Array.from(vectors, (_, i) => vectors[(i % D) * D + Math.floor(i / D)]!);
        const identity = Float64Array.from(vectors, (_, i) => (i % (D + 1) === 0 ? 1 : 0));
        expect(worst(rebuilt(new Float64Array(D).fill(1), vectors), identity)).toBeLessThan(1e-13);
        expect(worst(rebuilt(new Float64Array(D).fill(1), transposed), identity)).toBeLessThan(1e-13);
      }),
      { seed: 4 },
    );
  });

  it('knows the eigenvalues of [2, 1; 1, 2]', () => {
    const { values } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect([...values].sort()[0]).toBeCloseTo(1, 15);
    expect([...values].sort()[1]).toBeCloseTo(3, 15);
  });
});

describe('floorCovariance', () => {
  it('raises eigenvalues below the floor and keeps the others', () => {
    fc.assert(
      fc.property(symmetric, (a) => {
        const size = Math.max(1, ...a.map(Math.abs));
        const floored = a.slice();
        const raised = floorCovariance(floored, D, 0.5);
        const due = symmetricEigen(a, D)
          .values.map((v) => Math.max(0.5, v))
          .sort();
        expect(worst(symmetricEigen(floored, D).values.sort(), due)).toBeLessThanOrEqual(1e-12 * size);
        if (!raised) expect(floored).toEqual(a);
      }),
      { seed: 5 },
    );
  });

  it('leaves a sound covariance alone, bit for bit', () => {
    const a = Float64Array.of(2, 0.3, 0.3, 1);
    expect(floorCovariance(a, 2, 1e-6)).toBe(false);
    expect([...a]).toEqual([2, 0.3, 0.3, 1]);
  });

  it('keeps a covariance usable also when no floor is asked for', () => {
    const a = new Float64Array(4);
    expect(floorCovariance(a, 2, 0)).toBe(true);
    expect([...a]).toEqual([1e-12, 0, 0, 1e-12]);
  });
});

describe('whiten', () => {
  // Σ = [4, 2; 2, 3], |Σ| = 8, Σ⁻¹ = [3, −2; −2, 4]/8
  const { whitening, logDet } = whiten(Float64Array.of(4, 2, 2, 3), 2);

  it('gives log |Σ|, Mahalanobis distances and traces under Σ⁻¹', () => {
    expect(logDet).toBeCloseTo(Math.log(8), 14);
    expect(squaredDistance(whitening, Float64Array.of(3, 5), Float64Array.of(2, 3), 2)).toBeCloseTo(
      (3 - 8 + 16) / 8,
      14,
    );
    expect(traceUnder(whitening, Float64Array.of(1, 7, 7, 2), 2)).toBeCloseTo((3 - 28 + 8) / 8, 14);
  });
});

describe('gaussian', () => {
  it('finds the family of a covariance shape, and suggests the nearest name', () => {
    expect(gaussian().spec.name).toBe('gaussian-full');
    expect(gaussian('tied').spec.name).toBe('gaussian-tied');
    expect(() => gaussian('sperical' as 'spherical')).toThrow(
      'unknown covariance "sperical", did you mean "spherical"?',
    );
    expect(() => gaussian('toString' as 'full')).toThrow('known are full, tied, diagonal, spherical');
  });
});
