// Softmax of tiles of scores in place, and what it tells of their rows.

import { EXP, exp, least } from './exp';
import { add, LANES, max, mul, pair, SHIFT, SIZE, spread, spread1, spread2, spread3, storePair, sub, zero } from './lanes';

const isSingle: bool = sizeof<Real>() == 4;
/** The largest negative number: −∞ less itself would be no number. */
const lowest: Real = isSingle ? <Real>-f32.MAX_VALUE : <Real>-f64.MAX_VALUE;

/** The largest number of each of four vectors: of two and two where a vector holds two. */
@inline
function most(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = max(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = max(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return max(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

@inline
function most2(a: v128, b: v128): v128 {
  return max(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
}

/** The sum of each of four vectors */
@inline
function total(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

@inline
function total2(a: v128, b: v128): v128 {
  return add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
}

/** Stores the largest number, or the sum, of each of four vectors. */
@inline
function storeMost(p: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (isSingle) v128.store(p, most(a, b, c, d));
  else {
    v128.store(p, most2(a, b));
    v128.store(p, most2(c, d), 16);
  }
}

@inline
function storeTotal(p: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (isSingle) v128.store(p, total(a, b, c, d));
  else {
    v128.store(p, total2(a, b));
    v128.store(p, total2(c, d), 16);
  }
}

/** The largest score of each row `[rows]`, rows a multiple of 4 */
function tops(L: usize, stride: usize, rows: i32, columns: i32, top: usize): void {
  const bytes = <usize>columns << SHIFT;
  for (let n = 0; n < rows; n += 4) {
    const L1 = L + stride;
    const L2 = L1 + stride;
    const L3 = L2 + stride;
    let m0 = v128.load(L);
    let m1 = v128.load(L1);
    let m2 = v128.load(L2);
    let m3 = v128.load(L3);
    for (let o: usize = 16; o < bytes; o += 16) {
      m0 = max(m0, v128.load(L + o));
      m1 = max(m1, v128.load(L1 + o));
      m2 = max(m2, v128.load(L2 + o));
      m3 = max(m3, v128.load(L3 + o));
    }
    storeMost(top, m0, m1, m2, m3);
    L = L3 + stride;
    top += 4 << SHIFT;
  }
}

/** Bytes of a row whose lanes add up to 64 single numbers: a few roundings */
const SHORT: usize = 1024;

/** In place: `exp(L − top)` of one row; returns the sums of each lane. A row of −∞ gives zeros. */
@inline
function raiseRow(L: usize, bytes: usize, top: v128, t: usize): v128 {
  const m = max(top, v128.splat<Real>(lowest));
  let s = zero();
  for (let o: usize = 0; o < bytes; o += 16) {
    const e = exp(sub(v128.load(L + o), m), t);
    s = add(s, e);
    v128.store(L + o, e);
  }
  return s;
}

/** The same of a longer row: float32 sums of blocks are added in float64, float64 ones by what each addition loses (Neumaier 1974). */
function raiseLongRow(L: usize, bytes: usize, top: v128, t: usize): f64 {
  let high = f64x2.splat(0);
  let low = f64x2.splat(0);
  for (let from: usize = 0; from < bytes; from += SHORT) {
    const s = raiseRow(L + from, min(SHORT, bytes - from), top, t);
    if (isSingle) {
      high = f64x2.add(high, f64x2.promote_low_f32x4(s));
      low = f64x2.add(low, f64x2.promote_low_f32x4(v128.shuffle<f64>(s, s, 1, 0)));
    } else {
      // Sums only grow, so the larger of the two comes first but for the first blocks, which lose nothing that counts.
      const all = f64x2.add(high, s);
      low = f64x2.add(low, f64x2.sub(s, f64x2.sub(all, high)));
      high = all;
    }
  }
  const both = f64x2.add(high, low);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** In place: four rows, which pass through the first level of cache once; `top` and `sum` return what `exponentials` tells. */
@inline
function raiseFour(L: usize, stride: usize, columns: i32, top: usize, sum: usize, t: usize): void {
  const bytes = <usize>columns << SHIFT;
  tops(L, stride, 4, columns, top);
  if (bytes <= SHORT) {
    const L1 = L + stride;
    const L2 = L1 + stride;
    const s0 = raiseRow(L, bytes, spread(top), t);
    const s1 = raiseRow(L1, bytes, spread1(top), t);
    const s2 = raiseRow(L2, bytes, spread2(top), t);
    const s3 = raiseRow(L2 + stride, bytes, spread3(top), t);
    storeTotal(sum, s0, s1, s2, s3);
  } else
    for (let i: usize = 0; i < 4; i++)
      store<Real>(sum + (i << SHIFT), <Real>raiseLongRow(L + i * stride, bytes, spread(top + (i << SHIFT)), t));
}

/**
 * In place: scores `[rows, columns]` become `exp(L − top)`; rows a multiple of 4. A row of −∞ becomes 0.
 *
 * @param top  `max L` `[rows]`, returned
 * @param sum  `Σ exp(L − top)` `[rows]`, returned; 0 for a row of −∞
 */
export function exponentials(L: usize, stride: usize, rows: i32, columns: i32, top: usize, sum: usize): void {
  const t = EXP;
  for (let n = 0; n < rows; n += 4) {
    raiseFour(L, stride, columns, top, sum, t);
    L += 4 * stride;
    top += 4 << SHIFT;
    sum += 4 << SHIFT;
  }
}

/**
 * In place: scores `[rows, columns]` become responsibilities times the weights of their rows, the rest as in `exponentials`.
 *
 * @param counts  `[columns]`, 0 before and after: sums of columns over 64 rows, which are added to `totals` in doubles
 */
export function softmax(
  L: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  weights: usize,
  counts: usize,
  totals: usize,
  top: usize,
  sum: usize,
): void {
  const t = EXP;
  const bytes = <usize>columns << SHIFT;
  for (let n = 0; n < rows; n += 4) {
    raiseFour(L, stride, columns, top, sum, t);
    normalize(L, stride, bytes, weights, sum, counts);
    L += 4 * stride;
    top += 4 << SHIFT;
    sum += 4 << SHIFT;
    weights += 4 << SHIFT;
    if ((n & 63) == 60 || n + 4 >= rows) drain(counts, columns, totals);
  }
}

/** Adds counts to those in doubles, and sets them to 0. */
function drain(counts: usize, columns: i32, totals: usize): void {
  for (let k = 0; k < columns; k += 2) {
    v128.store(totals, f64x2.add(v128.load(totals), pair(counts)));
    storePair(counts, f64x2.splat(0));
    counts += 2 << SHIFT;
    totals += 16;
  }
}

const factors: usize = memory.data(32, 16);

/** Four rows of exponentials times weight / sum */
@inline
function normalize(L: usize, stride: usize, bytes: usize, weights: usize, sum: usize, counts: usize): void {
  // The sum of a row that is no orphan is 1 at least.
  for (let o: usize = 0; o < 4 << SHIFT; o += 16)
    v128.store(
      factors + o,
      v128.div<Real>(v128.load(weights + o), max(v128.load(sum + o), v128.splat<Real>(1))),
    );
  const L1 = L + stride;
  const L2 = L1 + stride;
  const L3 = L2 + stride;
  const f0 = spread(factors);
  const f1 = spread1(factors);
  const f2 = spread2(factors);
  const f3 = spread3(factors);
  for (let o: usize = 0; o < bytes; o += 16) {
    const r0 = mul(v128.load(L + o), f0);
    const r1 = mul(v128.load(L1 + o), f1);
    const r2 = mul(v128.load(L2 + o), f2);
    const r3 = mul(v128.load(L3 + o), f3);
    v128.store(L + o, r0);
    v128.store(L1 + o, r1);
    v128.store(L2 + o, r2);
    v128.store(L3 + o, r3);
    v128.store(counts + o, add(v128.load(counts + o), add(add(r0, r1), add(r2, r3))));
  }
}

/** Before `softmax`: `Σ exp(L − top)·(L − top)` of each row `[rows]`, rows a multiple of 4. */
export function spreads(L: usize, stride: usize, rows: i32, columns: i32, top: usize, out: usize): void {
  tops(L, stride, rows, columns, top);
  const t = EXP;
  const bytes = <usize>columns << SHIFT;
  for (let n = 0; n < rows; n++) {
    const m = max(spread(top), v128.splat<Real>(lowest));
    let all: f64 = 0;
    for (let from: usize = 0; from < bytes; from += SHORT) {
      const end = min(bytes, from + SHORT);
      let s = zero();
      for (let o = from; o < end; o += 16) {
        const x = sub(v128.load(L + o), m);
        // What is cut off is 0 times a finite number.
        s = add(s, mul(exp(x, t), max(x, least())));
      }
      if (isSingle) s = f64x2.add(f64x2.promote_low_f32x4(s), f64x2.promote_low_f32x4(v128.shuffle<f64>(s, s, 1, 0)));
      all += f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
    }
    store<Real>(out, <Real>all);
    L += stride;
    top += SIZE;
    out += SIZE;
  }
}
