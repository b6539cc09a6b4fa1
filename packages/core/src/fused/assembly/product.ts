// Products of matrices, four rows and one panel of columns at a time: eight sums stay in registers. The loop over what is summed is not unrolled:
// V8 moves all loads of a block to its front, and would spill.

import { add, LANES, mad, PANEL, SHIFT, spread, spread1, spread2, spread3, zero } from './lanes';

/** Products are summed from zero over so many numbers at most, and these sums added: rounding grows with the root of a block, not of a row. */
const BLOCK: i32 = 256;

/**
 * `out = base + a·bᵀ` for rows of a `[rows, width]`, rows a multiple of 4.
 *
 * @param panels  b as `[columns / PANEL][width][PANEL]`; a last panel of half the width where columns are no multiple of PANEL
 * @param base    what the sums are added to: rows `baseStride` bytes apart, 0 for one row for all; may be `out`
 */
export function product(
  a: usize,
  stride: usize,
  rows: i32,
  width: i32,
  panels: usize,
  columns: i32,
  base: usize,
  baseStride: usize,
  out: usize,
  outStride: usize,
): void {
  for (let from = 0; from < width; from += BLOCK) {
    const bytes = (<usize>min(BLOCK, width - from)) << SHIFT;
    const first = a + ((<usize>from) << SHIFT);
    for (let j = 0; j < columns; j += PANEL) {
      const at = (<usize>j) << SHIFT;
      const isWhole = columns - j >= PANEL;
      const b = panels + ((<usize>(j * width + from * (isWhole ? PANEL : LANES))) << SHIFT);
      for (let i = 0; i < rows; i += 4) {
        const x = first + <usize>i * stride;
        const o = base + <usize>i * baseStride + at;
        const c = out + <usize>i * outStride + at;
        if (isWhole) whole(x, stride, b, bytes, o, baseStride, c, outStride);
        else half(x, stride, b, bytes, o, baseStride, c, outStride);
      }
    }
    base = out;
    baseStride = outStride;
  }
}

function whole(
  a: usize,
  stride: usize,
  b: usize,
  bytes: usize,
  o: usize,
  baseStride: usize,
  c: usize,
  outStride: usize,
): void {
  const a1 = a + stride;
  const a2 = a1 + stride;
  const a3 = a2 + stride;
  let c00 = zero();
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let p: usize = 0;
  while (p < bytes) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = spread(a + p);
    const x1 = spread(a1 + p);
    const x2 = spread(a2 + p);
    const x3 = spread(a3 + p);
    c00 = mad(x0, b0, c00);
    c01 = mad(x0, b1, c01);
    c10 = mad(x1, b0, c10);
    c11 = mad(x1, b1, c11);
    c20 = mad(x2, b0, c20);
    c21 = mad(x2, b1, c21);
    c30 = mad(x3, b0, c30);
    c31 = mad(x3, b1, c31);
    b += 32;
    p += 1 << SHIFT;
  }
  v128.store(c, add(v128.load(o), c00));
  v128.store(c, add(v128.load(o, 16), c01), 16);
  c += outStride;
  o += baseStride;
  v128.store(c, add(v128.load(o), c10));
  v128.store(c, add(v128.load(o, 16), c11), 16);
  c += outStride;
  o += baseStride;
  v128.store(c, add(v128.load(o), c20));
  v128.store(c, add(v128.load(o, 16), c21), 16);
  c += outStride;
  o += baseStride;
  v128.store(c, add(v128.load(o), c30));
  v128.store(c, add(v128.load(o, 16), c31), 16);
}

function half(
  a: usize,
  stride: usize,
  b: usize,
  bytes: usize,
  o: usize,
  baseStride: usize,
  c: usize,
  outStride: usize,
): void {
  const a1 = a + stride;
  const a2 = a1 + stride;
  const a3 = a2 + stride;
  let c0 = zero();
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let p: usize = 0;
  while (p < bytes) {
    const b0 = v128.load(b);
    c0 = mad(spread(a + p), b0, c0);
    c1 = mad(spread(a1 + p), b0, c1);
    c2 = mad(spread(a2 + p), b0, c2);
    c3 = mad(spread(a3 + p), b0, c3);
    b += 16;
    p += 1 << SHIFT;
  }
  v128.store(c, add(v128.load(o), c0));
  c += outStride;
  o += baseStride;
  v128.store(c, add(v128.load(o), c1));
  c += outStride;
  o += baseStride;
  v128.store(c, add(v128.load(o), c2));
  c += outStride;
  o += baseStride;
  v128.store(c, add(v128.load(o), c3));
}

/**
 * `sums += rᵀ·s` for r `[rows, columns]`, s `[rows, width]`; columns a multiple of 4.
 *
 * Two columns of r and four vectors of s at a time are 3 to 8 % faster than four and two, which are what the end of a row gets.
 * Reads s, and adds to sums, up to the next multiple of LANES of width: what lies there is nobody's.
 */
export function gather(
  r: usize,
  rStride: usize,
  rows: i32,
  columns: i32,
  s: usize,
  stride: usize,
  width: i32,
  sums: usize,
  sumsStride: usize,
): void {
  let j = 0;
  for (; j + 3 * LANES < width; j += 4 * LANES) {
    const at = <usize>j << SHIFT;
    for (let k = 0; k < columns; k += 2)
      gatherWide(r + (<usize>k << SHIFT), rStride, s + at, stride, rows, sums + <usize>k * sumsStride + at, sumsStride);
  }
  for (; j < width; j += PANEL) {
    const at = <usize>j << SHIFT;
    const isWhole = width - j > LANES;
    for (let k = 0; k < columns; k += 4) {
      const own = r + (<usize>k << SHIFT);
      const c = sums + <usize>k * sumsStride + at;
      if (isWhole) gatherWhole(own, rStride, s + at, stride, rows, c, sumsStride);
      else gatherHalf(own, rStride, s + at, stride, rows, c, sumsStride);
    }
  }
}

function gatherWide(r: usize, rStride: usize, s: usize, stride: usize, rows: i32, c: usize, sumsStride: usize): void {
  const c1 = c + sumsStride;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c02 = v128.load(c, 32);
  let c03 = v128.load(c, 48);
  let c10 = v128.load(c1);
  let c11 = v128.load(c1, 16);
  let c12 = v128.load(c1, 32);
  let c13 = v128.load(c1, 48);
  const end = s + <usize>rows * stride;
  while (s < end) {
    const b0 = v128.load(s);
    const b1 = v128.load(s, 16);
    const b2 = v128.load(s, 32);
    const b3 = v128.load(s, 48);
    const x0 = spread(r);
    const x1 = spread1(r);
    c00 = mad(x0, b0, c00);
    c01 = mad(x0, b1, c01);
    c02 = mad(x0, b2, c02);
    c03 = mad(x0, b3, c03);
    c10 = mad(x1, b0, c10);
    c11 = mad(x1, b1, c11);
    c12 = mad(x1, b2, c12);
    c13 = mad(x1, b3, c13);
    r += rStride;
    s += stride;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c1, c12, 32);
  v128.store(c1, c13, 48);
}

function gatherWhole(r: usize, rStride: usize, s: usize, stride: usize, rows: i32, c: usize, sumsStride: usize): void {
  const c1 = c + sumsStride;
  const c2 = c1 + sumsStride;
  const c3 = c2 + sumsStride;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(c1);
  let c11 = v128.load(c1, 16);
  let c20 = v128.load(c2);
  let c21 = v128.load(c2, 16);
  let c30 = v128.load(c3);
  let c31 = v128.load(c3, 16);
  const end = s + <usize>rows * stride;
  while (s < end) {
    const b0 = v128.load(s);
    const b1 = v128.load(s, 16);
    const x0 = spread(r);
    const x1 = spread1(r);
    const x2 = spread2(r);
    const x3 = spread3(r);
    c00 = mad(x0, b0, c00);
    c01 = mad(x0, b1, c01);
    c10 = mad(x1, b0, c10);
    c11 = mad(x1, b1, c11);
    c20 = mad(x2, b0, c20);
    c21 = mad(x2, b1, c21);
    c30 = mad(x3, b0, c30);
    c31 = mad(x3, b1, c31);
    r += rStride;
    s += stride;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
}

function gatherHalf(r: usize, rStride: usize, s: usize, stride: usize, rows: i32, c: usize, sumsStride: usize): void {
  const c1 = c + sumsStride;
  const c2 = c1 + sumsStride;
  const c3 = c2 + sumsStride;
  let c00 = v128.load(c);
  let c10 = v128.load(c1);
  let c20 = v128.load(c2);
  let c30 = v128.load(c3);
  const end = s + <usize>rows * stride;
  while (s < end) {
    const b0 = v128.load(s);
    c00 = mad(spread(r), b0, c00);
    c10 = mad(spread1(r), b0, c10);
    c20 = mad(spread2(r), b0, c20);
    c30 = mad(spread3(r), b0, c30);
    r += rStride;
    s += stride;
  }
  v128.store(c, c00);
  v128.store(c1, c10);
  v128.store(c2, c20);
  v128.store(c3, c30);
}
