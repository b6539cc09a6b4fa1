import { expect, it } from 'vitest';
import { largestDifference, matrixProduct, transposed } from '../../testing/matrices.ts';
import { gram } from './gram.ts';

it.each([1, 2, 5, 16])('is the transpose times the matrix, and reads nothing above the diagonal, for D = %d', (d) => {
  const lower = Float64Array.from({ length: d * d }, (_, ij) => (ij % d <= Math.floor(ij / d) ? Math.sin(1 + ij) : 0));
  const unread = lower.map((value, ij) => (ij % d <= Math.floor(ij / d) ? value : Number.NaN));
  const due = matrixProduct(transposed(lower, d), lower, d, d, d);
  expect(largestDifference(gram(unread, d), due)).toBeLessThan(1e-13);
});
