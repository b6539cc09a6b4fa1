import type { Matrix } from '@mixtention/core';
import { generator, key, sampleCategorical, split } from '@mixtention/core/numeric';

const [ROWS, COLS] = [5000, 6];
const SHARES = Float64Array.of(0.4, 0.3, 0.2, 0.1);

/** 5,000 rows of six columns from four groups of unlike widths and shares: six components are two more than it has, and many optima are near the best. */
export function fourGroups(seed: number): Matrix {
  const random = generator(split(key(seed), 'moves', 'groups'));
  const centres = Float64Array.from({ length: SHARES.length * COLS }, () => 4 * random.normal());
  const widths = Float64Array.from({ length: SHARES.length * COLS }, () => Math.exp(0.4 * random.normal()));
  const data = new Float64Array(ROWS * COLS);
  for (let n = 0; n < ROWS; n++) {
    const group = sampleCategorical(random, SHARES) * COLS;
    for (let d = 0; d < COLS; d++) data[n * COLS + d] = centres[group + d]! + widths[group + d]! * random.normal();
  }
  return { data, rows: ROWS, cols: COLS };
}
