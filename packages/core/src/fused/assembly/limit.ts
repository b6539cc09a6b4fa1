// What the products of this module could reach at most.

import { LANES, mad, SIZE, spread, spread1, spread2, spread3, zero } from './lanes';

/**
 * Multiplies and adds in registers alone, as a tile of `product` does: 4 × 2 vectors, so many times.
 *
 * @param factors  six numbers
 * @param out      how many multiply–adds were made, in doubles, and behind it their sums
 */
export function multiplyAdd(steps: i32, factors: usize, out: usize): void {
  const x0 = spread(factors);
  const x1 = spread1(factors);
  const x2 = spread2(factors);
  const x3 = spread3(factors);
  let b0 = spread(factors + 4 * SIZE);
  let b1 = spread1(factors + 4 * SIZE);
  let c00 = zero();
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let i = 0; i < steps; i++) {
    c00 = mad(x0, b0, c00);
    c01 = mad(x0, b1, c01);
    c10 = mad(x1, b0, c10);
    c11 = mad(x1, b1, c11);
    c20 = mad(x2, b0, c20);
    c21 = mad(x2, b1, c21);
    c30 = mad(x3, b0, c30);
    c31 = mad(x3, b1, c31);
    // Else no product would have to be made twice.
    const b = b0;
    b0 = b1;
    b1 = b;
  }
  store<f64>(out, 8.0 * LANES * steps);
  v128.store(out, c00, 16);
  v128.store(out, c01, 32);
  v128.store(out, c10, 48);
  v128.store(out, c11, 64);
  v128.store(out, c20, 80);
  v128.store(out, c21, 96);
  v128.store(out, c30, 112);
  v128.store(out, c31, 128);
}
