import { describe, expect, it } from 'vitest';
import { standardErrors } from '../../testing/statistics.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import { sampleDirichlet } from './sample-dirichlet.ts';

describe('sampleDirichlet', () => {
  it.each([[[1, 1, 1]], [[0.1, 2.5, 7]], [[0.05, 0.05, 0.05, 0.05]]])(
    'of %j has the right means, variances and covariances',
    (alpha) => {
      const random = generator(key(30));
      const rows = Array.from({ length: 40_000 }, () => sampleDirichlet(random, alpha));
      const total = alpha.reduce((a, b) => a + b);
      const mean = alpha.map((a) => a / total);
      for (let i = 0; i < alpha.length; i++) {
        expect(
          standardErrors(
            rows.map((row) => row[i]!),
            mean[i]!,
          ),
        ).toBeLessThan(4);
        for (let j = 0; j <= i; j++) {
          const covariance = (mean[i]! * ((i === j ? 1 : 0) - mean[j]!)) / (total + 1);
          const products = rows.map((row) => (row[i]! - mean[i]!) * (row[j]! - mean[j]!));
          expect(standardErrors(products, covariance)).toBeLessThan(4);
        }
      }
    },
  );

  it('sums to one, and gives nearly all to one component when concentrations are tiny', () => {
    const random = generator(key(31));
    for (let i = 0; i < 200; i++) {
      const row = sampleDirichlet(random, [1e-12, 1e-12, 1e-12]);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
      expect(Math.max(...row)).toBeGreaterThan(1 - 1e-6);
    }
  });

  it('fills the array that it is given', () => {
    const out = new Float64Array(2);
    expect(sampleDirichlet(generator(key(0)), [3, 4], out)).toBe(out);
    expect(out[0]! + out[1]!).toBeCloseTo(1, 15);
  });

  it('refuses a concentration of 0', () => {
    expect(() => sampleDirichlet(generator(key(0)), [1, 0])).toThrow('shape is 0');
  });
});
