import type { RandomSource } from '@mixtention/core';
import type { Noise } from './guide.ts';

/**
 * S draws of standard normal noise for the guide.
 *
 * @returns zeros where the guide reads nothing: w_K and what lies above diagonals
 *
 * Cost: S·K·(1 + D + D(D+1)/2) normals.
 */
export function drawNoise(random: RandomSource, draws: number, components: number, width: number): Noise {
  const weight = new Float64Array(draws * components);
  const mean = new Float64Array(draws * components * width);
  const factor = new Float64Array(draws * components * width * width);
  for (let block = 0; block < draws * components; block++) {
    if ((block + 1) % components !== 0) weight[block] = random.normal();
    for (let i = 0; i < width; i++) {
      mean[block * width + i] = random.normal();
      for (let j = 0; j <= i; j++) factor[(block * width + i) * width + j] = random.normal();
    }
  }
  return { weight, mean, factor };
}
