// What becomes of the rows of a tile before and after their softmax.

import { log } from './exp';
import { add, LANES, pair, SHIFT, SIZE } from './lanes';

/** Before `softmax`: the first column with the largest score of each row, −1 where all are −∞. */
export function labels(L: usize, stride: usize, rows: i32, columns: i32, out: usize): void {
  for (let n = 0; n < rows; n++) {
    let best = -1;
    let top: Real = -Infinity;
    for (let k = 0; k < columns; k++) {
      const own = load<Real>(L + (<usize>k << SHIFT));
      if (own > top) {
        top = own;
        best = k;
      }
    }
    store<i32>(out, best);
    L += stride;
    out += 4;
  }
}

/** After `softmax`: the whole weight of each row to its label, and to the counts, in doubles. */
export function harden(
  R: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  weights: usize,
  best: usize,
  counts: usize,
): void {
  const bytes = <usize>columns << SHIFT;
  for (let n = 0; n < rows; n++) {
    memory.fill(R, 0, bytes);
    const k = load<i32>(best);
    if (k >= 0) {
      const at = <usize>k << SHIFT;
      const w = load<Real>(weights);
      store<Real>(R + at, w);
      const own = counts + (<usize>k << 3);
      store<f64>(own, load<f64>(own) + <f64>w);
    }
    R += stride;
    weights += SIZE;
    best += 4;
  }
}

/** `L += pairs`, pairs `[rows, columns]` packed. */
export function addPairs(L: usize, stride: usize, rows: i32, columns: i32, pairs: usize): void {
  const whole = <usize>(columns & ~(LANES - 1)) << SHIFT;
  const bytes = <usize>columns << SHIFT;
  for (let n = 0; n < rows; n++) {
    let o: usize = 0;
    for (; o < whole; o += 16) v128.store(L + o, add(v128.load(L + o), v128.load(pairs + o)));
    for (; o < bytes; o += SIZE) store<Real>(L + o, load<Real>(L + o) + load<Real>(pairs + o));
    L += stride;
    pairs += bytes;
  }
}

/** `top + log sum` of each row in doubles `[rows]`, rows a multiple of 2; −∞ where top is. */
export function evidences(top: usize, sum: usize, rows: i32, out: usize): void {
  for (let n = 0; n < rows; n += 2) {
    const s = f64x2.pmax(pair(sum), f64x2.splat(1));
    v128.store(out, f64x2.add(pair(top), log(s)));
    top += 2 << SHIFT;
    sum += 2 << SHIFT;
    out += 16;
  }
}

/**
 * Sums over rows that some column owns, in doubles: `Σ w·top`, `Σ w log sum`, `Σ w·spread/sum`, `Σ w`, and the number of rows with w > 0 that none owns.
 *
 * @param weights  w `[rows]` in doubles; rows a multiple of 2
 * @param spreads  of `spreads`, or 0
 */
export function totals(top: usize, sum: usize, spreads: usize, rows: i32, weights: usize, out: usize): void {
  let tops = f64x2.splat(0);
  let logs = f64x2.splat(0);
  let sizes = f64x2.splat(0);
  let all = f64x2.splat(0);
  let orphans = i64x2.splat(0);
  for (let n = 0; n < rows; n += 2) {
    const w = v128.load(weights);
    const m = pair(top);
    const s = f64x2.pmax(pair(sum), f64x2.splat(1));
    const isOrphan = f64x2.eq(m, f64x2.splat(-Infinity));
    const isNothing = v128.or(isOrphan, f64x2.eq(w, f64x2.splat(0)));
    tops = f64x2.add(tops, v128.andnot(f64x2.mul(w, m), isNothing));
    logs = f64x2.add(logs, v128.andnot(f64x2.mul(w, log(s)), isNothing));
    all = f64x2.add(all, v128.andnot(w, isNothing));
    // A mask is −1.
    orphans = i64x2.sub(orphans, v128.and(isOrphan, f64x2.ne(w, f64x2.splat(0))));
    if (spreads != 0) {
      sizes = f64x2.add(sizes, v128.andnot(f64x2.div(f64x2.mul(w, pair(spreads)), s), isNothing));
      spreads += 2 << SHIFT;
    }
    top += 2 << SHIFT;
    sum += 2 << SHIFT;
    weights += 16;
  }
  store<f64>(out, f64x2.extract_lane(tops, 0) + f64x2.extract_lane(tops, 1));
  store<f64>(out, f64x2.extract_lane(logs, 0) + f64x2.extract_lane(logs, 1), 8);
  store<f64>(out, f64x2.extract_lane(sizes, 0) + f64x2.extract_lane(sizes, 1), 16);
  store<f64>(out, f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1), 24);
  store<f64>(out, <f64>(i64x2.extract_lane(orphans, 0) + i64x2.extract_lane(orphans, 1)), 32);
}

/** `means = stays·means + comes·x`, row by row in doubles: x `[rows, width]`, stays and comes `[rows]`. Reads and writes up to the next multiple of 2 of width. */
export function join(
  x: usize,
  stride: usize,
  rows: i32,
  width: i32,
  stays: usize,
  comes: usize,
  means: usize,
  meansStride: usize,
): void {
  for (let n = 0; n < rows; n++) {
    const a = v128.load64_splat(stays);
    const b = v128.load64_splat(comes);
    for (let p = 0; p < width; p += 2) {
      const at = means + (<usize>p << 3);
      v128.store(at, f64x2.add(f64x2.mul(a, v128.load(at)), f64x2.mul(b, pair(x + (<usize>p << SHIFT)))));
    }
    x += stride;
    means += meansStride;
    stays += 8;
    comes += 8;
  }
}
