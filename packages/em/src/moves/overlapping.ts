import type { Reading } from './sample-reading.ts';

/** Pairs of components that share rows, those that share the most first: the cosine of their responsibilities (Ueda et al. 2000, eq. 3.3). */
export function overlapping({ rows, components: K, responsibilities: R }: Reading): number[][] {
  const products = new Float64Array(K * K);
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < K; i++) {
      const r = R[n * K + i]!;
      if (r < 1e-6) continue;
      for (let j = 0; j <= i; j++) products[i * K + j]! += r * R[n * K + j]!;
    }
  const cosine = ([i, j]: readonly number[]): number =>
    products[j! * K + i!]! / Math.sqrt(products[i! * K + i!]! * products[j! * K + j!]! || 1);
  const all = Array.from({ length: K }, (_, j) => Array.from({ length: j }, (__, i) => [i, j])).flat();
  return all.sort((a, b) => cosine(b) - cosine(a));
}
