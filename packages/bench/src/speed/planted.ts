import type { Matrix } from '@mixtention/core';
import { generator, key, split } from '@mixtention/core/numeric';

/**
 * Rows drawn from K well-spread unit Gaussians, or binary rows of K prototypes: problems on which an iteration costs what it costs on real
 * data, and no component dies.
 */
export function plantedGaussians(rows: number, cols: number, components: number, seed = 1): Matrix {
  const random = generator(split(key(seed), 'planted'));
  const centers = Float64Array.from({ length: components * cols }, () => 2 * random.normal());
  const data = new Float32Array(rows * cols);
  for (let n = 0; n < rows; n++) {
    const k = random.integer(components);
    for (let d = 0; d < cols; d++) data[n * cols + d] = centers[k * cols + d]! + random.normal();
  }
  return { data, rows, cols };
}

/** Binary rows: each a prototype with a tenth of its pixels flipped. */
export function plantedBits(rows: number, cols: number, components: number, seed = 1): Matrix {
  const random = generator(split(key(seed), 'planted-bits'));
  const prototypes = Uint8Array.from({ length: components * cols }, () => (random.uniform() < 0.2 ? 1 : 0));
  const data = new Float32Array(rows * cols);
  for (let n = 0; n < rows; n++) {
    const at = random.integer(components) * cols;
    for (let d = 0; d < cols; d++)
      data[n * cols + d] = random.uniform() < 0.1 ? 1 - prototypes[at + d]! : prototypes[at + d]!;
  }
  return { data, rows, cols };
}
