import type { Matrix } from '@mixtention/core';
import {
  generator,
  key,
  permutation,
  sampleCategorical,
  sampleDirichlet,
  sampleGamma,
  split,
} from '@mixtention/core/numeric';

/** Rows whose number of components is known. */
export type Planted = { readonly x: Matrix; readonly components: number };

/** 2,000 rows of 64 bits from ten components: probabilities from Beta(½, ½), kept within 0.02 and 0.98, weights from Dirichlet(5). */
export function plantedBernoulli(seed: number): Planted {
  const [rows, cols, K] = [2000, 64, 10];
  const random = generator(split(key(seed), 'learn-k', 'bernoulli'));
  const probabilities = Float64Array.from({ length: K * cols }, () => {
    const [a, b] = [sampleGamma(random, 0.5), sampleGamma(random, 0.5)];
    return Math.min(0.98, Math.max(0.02, a / (a + b)));
  });
  const weights = sampleDirichlet(random, new Float64Array(K).fill(5));
  const data = new Float64Array(rows * cols);
  for (let n = 0; n < rows; n++) {
    const k = sampleCategorical(random, weights);
    for (let d = 0; d < cols; d++) data[n * cols + d] = random.uniform() < probabilities[k * cols + d]! ? 1 : 0;
  }
  return { x: { data, rows, cols }, components: K };
}

/** 25,000 rows of two columns from eight Gaussians: spokes, each 1 long and 0.15 wide, whose middles lie 2.3 from the origin. */
export function plantedGaussians(seed: number): Planted {
  const [rows, K] = [25_000, 8];
  const random = generator(split(key(seed), 'learn-k', 'gaussians'));
  const angles = Float64Array.from(permutation(random, K), (k) => (k * Math.PI) / 4);
  const data = new Float64Array(2 * rows);
  for (let n = 0; n < rows; n++) {
    const angle = angles[random.integer(K)]!;
    const [along, across] = [random.normal() + 2.3, 0.15 * random.normal()];
    data[2 * n] = Math.cos(angle) * along - Math.sin(angle) * across;
    data[2 * n + 1] = Math.sin(angle) * along + Math.cos(angle) * across;
  }
  return { x: { data, rows, cols: 2 }, components: K };
}
