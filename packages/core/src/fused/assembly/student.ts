// Student-t terms: read only, so they are computed in doubles, two at a time.

import { log1p } from './exp';
import { pair, SHIFT, storePair } from './lanes';

/**
 * `out = base + linear·Q − power·ln(1 − ratio·Q)` for Q ≤ 0 `[rows, columns]`, columns a multiple of 2; `out` may be `base`.
 *
 * @param parameters  ratio, power and linear, `[3, columns]` in doubles
 */
export function student(
  Q: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  parameters: usize,
  base: usize,
  baseStride: usize,
  out: usize,
  outStride: usize,
): void {
  const powers = parameters + (<usize>columns << 3);
  const linears = powers + (<usize>columns << 3);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < columns; k += 2) {
      const at = <usize>k << SHIFT;
      const wide = <usize>k << 3;
      const q = pair(Q + at);
      const logs = log1p(f64x2.neg(f64x2.mul(v128.load(parameters + wide), q)));
      const tail = f64x2.sub(f64x2.mul(v128.load(linears + wide), q), f64x2.mul(v128.load(powers + wide), logs));
      storePair(out + at, f64x2.add(pair(base + at), tail));
    }
    Q += stride;
    base += baseStride;
    out += outStride;
  }
}
