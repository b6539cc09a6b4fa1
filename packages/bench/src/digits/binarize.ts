import type { Key, Matrix } from '@mixtention/core';
import { generator } from '@mixtention/core/numeric';

/**
 * Grey values in [0, 1] → 0 or 1, each pixel drawn once with its own grey value as probability.
 *
 * The same key gives the same pixels: static binarisation, whose log-likelihoods are not comparable with those of another binarisation.
 *
 * @param grey  `[N, D]`
 */
export function binarize(grey: Matrix, key: Key): Matrix {
  const random = generator(key);
  const data = new Float32Array(grey.data.length);
  for (let i = 0; i < data.length; i++) data[i] = random.uniform() < grey.data[i]! ? 1 : 0;
  return { data, rows: grey.rows, cols: grey.cols };
}
