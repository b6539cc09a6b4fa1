// Biases that follow from where rows and columns stand, in doubles.

import { pair, SHIFT, storePair } from './lanes';

/**
 * `L += −slope·|p − q|`, and −∞ where `q > p` (causal) or `|p − q| > window`: rows at p `[rows]`, columns at q `[columns]`, both in doubles;
 * columns a multiple of 2.
 */
export function addPositions(
  L: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  p: usize,
  q: usize,
  isCausal: i32,
  window: f64,
  slope: f64,
): void {
  const most = f64x2.splat(isCausal ? 0 : Infinity);
  const widest = f64x2.splat(window);
  const steep = f64x2.splat(slope);
  const never = f64x2.splat(-Infinity);
  for (let n = 0; n < rows; n++) {
    const own = v128.load64_splat(p);
    for (let k = 0; k < columns; k += 2) {
      const at = L + (<usize>k << SHIFT);
      const ahead = f64x2.sub(v128.load(q + (<usize>k << 3)), own);
      const away = f64x2.abs(ahead);
      const isMasked = v128.or(f64x2.gt(ahead, most), f64x2.gt(away, widest));
      storePair(at, v128.bitselect(never, f64x2.sub(pair(at), f64x2.mul(steep, away)), isMasked));
    }
    L += stride;
    p += 8;
  }
}
