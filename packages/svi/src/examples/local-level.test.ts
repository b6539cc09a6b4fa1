import { expect, test } from 'vitest';
import { svi } from '../inference/svi.ts';
import localLevel from './local-level.mjs';

const steps = 24;
const y = Array.from({ length: steps }, (_, t) => Math.sin(t / 4) + 0.4 * Math.cos(7 * t * t));

/** log N(y; 0, C) with C_ij = 1 + drift² min(i, j) + noise² [i = j], by its Cholesky factor. */
function logLikelihood(drift: number, noise: number): number {
  const rows: number[][] = [];
  const white: number[] = [];
  let total = -0.5 * steps * Math.log(2 * Math.PI);
  for (let i = 0; i < steps; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      const inner = row.reduce((sum, x, k) => sum + x * (j === i ? x : rows[j]![k]!), 0);
      const own =
        1 +
        drift ** 2 * j +
        (i === j ? noise ** 2 : 0) -
        (j < i ? row.slice(0, j).reduce((sum, x, k) => sum + x * rows[j]![k]!, 0) : inner);
      row.push(j === i ? Math.sqrt(own) : own / rows[j]![j]!);
    }
    rows.push(row);
    white.push((y[i]! - white.reduce((sum, z, k) => sum + z * row[k]!, 0)) / row[i]!);
    total -= Math.log(row[i]!) + 0.5 * white[i]! ** 2;
  }
  return total;
}

test('a series with its states integrated out has the evidence and the moments of the dense normal, by quadrature', () => {
  const [w, m, s] = [[0], [0, 0], [0, 0]];
  for (let i = 0; i < 80; i++)
    for (let k = 0; k < 80; k++) {
      const x = [(i + 0.5) * 0.02, (k + 0.5) * 0.02];
      const prior = Math.log(2 / Math.PI) - 0.5 * (x[0]! ** 2 + x[1]! ** 2);
      const p = Math.exp(logLikelihood(x[0]!, x[1]!) + prior) * 0.02 ** 2;
      w[0]! += p;
      x.forEach((v, d) => {
        m[d]! += p * v;
        s[d]! += p * v * v;
      });
    }
  const { sites, corrected, logEvidence, logEvidenceStandardError } = svi(localLevel, { y });
  expect(corrected).toBe(true);
  expect(Math.abs(logEvidence - Math.log(w[0]!))).toBeLessThan(4 * logEvidenceStandardError + 0.01);
  ['drift', 'noise'].forEach((name, d) => {
    const mean = m[d]! / w[0]!;
    const sd = Math.sqrt(s[d]! / w[0]! - mean ** 2);
    expect(Math.abs((sites[name]!.mean as number) - mean)).toBeLessThan(0.1 * sd);
    expect(Math.abs((sites[name]!.sd as number) / sd - 1)).toBeLessThan(0.1);
  });
});
