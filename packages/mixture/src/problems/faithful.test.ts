import { describe, expect, it } from 'vitest';
import { faithful } from './faithful.ts';

describe('faithful', () => {
  const { data, rows, cols } = faithful();
  const column = (d: number): number[] => Array.from({ length: rows }, (_, n) => data[n * cols + d]!);
  const mean = (x: number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length;

  it('has the published size and means', () => {
    expect([rows, cols]).toEqual([272, 2]);
    expect(mean(column(0))).toBeCloseTo(3.4877831, 7);
    expect(mean(column(1))).toBeCloseTo(70.8970588, 7);
  });

  it('gives one Gaussian the published log-likelihood −1289.7967', () => {
    const [x, y] = [column(0), column(1)];
    const [mx, my] = [mean(x), mean(y)];
    const moment = (a: number[], b: number[], ma: number, mb: number): number =>
      mean(a.map((v, n) => (v - ma) * (b[n]! - mb)));
    const determinant = moment(x, x, mx, mx) * moment(y, y, my, my) - moment(x, y, mx, my) ** 2;
    const logLikelihood = -(rows / 2) * (2 * Math.log(2 * Math.PI) + Math.log(determinant) + 2);
    expect(logLikelihood).toBeCloseTo(-1289.7967, 4);
  });

  it('gives a fresh copy at every call', () => {
    faithful().data[0] = -1;
    expect(faithful().data[0]).toBe(3.6);
  });
});
