// Gradients of tiles.

import { add, mul, SHIFT, SIZE, spread } from './lanes';

/** `R = R·(M + level)`, row by row: R and M `[rows, columns]`, columns a multiple of LANES, level `[rows]`. */
export function slopes(
  R: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  M: usize,
  mStride: usize,
  level: usize,
): void {
  const bytes = <usize>columns << SHIFT;
  for (let n = 0; n < rows; n++) {
    const own = spread(level);
    for (let o: usize = 0; o < bytes; o += 16)
      v128.store(R + o, mul(v128.load(R + o), add(v128.load(M + o), own)));
    R += stride;
    M += mStride;
    level += SIZE;
  }
}
