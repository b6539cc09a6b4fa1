// Whitened scores: lanes are components, so no product is lost to a transposition, and triangular factors cost half.

import { LANES, mad, mul, PANEL, SHIFT, SIZE, spread, sub, zero } from './lanes';

/** Sums of squares of a tile of four rows and a panel: kept out of registers, which the inner loop fills. */
const squares: usize = memory.data(128, 16);

/**
 * `out = base − Σᵢ (Wᵢ·x − cᵢ)²` for rows of x `[rows, width]`, rows a multiple of 4: factors and offsets come times √½.
 *
 * @param panels  `[columns / PANEL][factorRows]` of −cᵢ and the first `i + 1` (triangular) or all of `width` numbers of Wᵢ, each PANEL
 *   components wide; a last panel of half the width where columns are no multiple of PANEL
 */
export function whiten(
  x: usize,
  stride: usize,
  rows: i32,
  width: i32,
  factorRows: i32,
  isTriangular: i32,
  panels: usize,
  columns: i32,
  base: usize,
  baseStride: usize,
  out: usize,
  outStride: usize,
): void {
  const numbers = factorRows + (isTriangular ? (width * (width + 1)) / 2 : factorRows * width);
  // Bytes of the first row of the factor, and by how much each is longer than the one before.
  const first = (<usize>(isTriangular ? 1 : width)) << SHIFT;
  const step: usize = isTriangular ? SIZE : 0;
  for (let j = 0; j < columns; j += PANEL) {
    const at = (<usize>j) << SHIFT;
    const w = panels + ((<usize>(j * numbers)) << SHIFT);
    for (let i = 0; i < rows; i += 4) {
      const own = x + <usize>i * stride;
      const o = base + <usize>i * baseStride + at;
      const c = out + <usize>i * outStride + at;
      if (columns - j >= PANEL) whitenWhole(own, stride, w, factorRows, first, step, o, baseStride, c, outStride);
      else whitenHalf(own, stride, w, factorRows, first, step, o, baseStride, c, outStride);
    }
  }
}

function whitenWhole(
  x: usize,
  stride: usize,
  w: usize,
  factorRows: i32,
  bytes: usize,
  step: usize,
  o: usize,
  baseStride: usize,
  c: usize,
  outStride: usize,
): void {
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  const s = squares;
  memory.fill(s, 0, 128);
  for (let i = 0; i < factorRows; i++) {
    let y00 = v128.load(w);
    let y01 = v128.load(w, 16);
    let y10 = y00;
    let y11 = y01;
    let y20 = y00;
    let y21 = y01;
    let y30 = y00;
    let y31 = y01;
    let p: usize = 0;
    w += 32;
    while (p < bytes) {
      const b0 = v128.load(w);
      const b1 = v128.load(w, 16);
      const a0 = spread(x + p);
      const a1 = spread(x1 + p);
      const a2 = spread(x2 + p);
      const a3 = spread(x3 + p);
      y00 = mad(a0, b0, y00);
      y01 = mad(a0, b1, y01);
      y10 = mad(a1, b0, y10);
      y11 = mad(a1, b1, y11);
      y20 = mad(a2, b0, y20);
      y21 = mad(a2, b1, y21);
      y30 = mad(a3, b0, y30);
      y31 = mad(a3, b1, y31);
      w += 32;
      p += SIZE;
    }
    bytes += step;
    v128.store(s, mad(y00, y00, v128.load(s)));
    v128.store(s, mad(y01, y01, v128.load(s, 16)), 16);
    v128.store(s, mad(y10, y10, v128.load(s, 32)), 32);
    v128.store(s, mad(y11, y11, v128.load(s, 48)), 48);
    v128.store(s, mad(y20, y20, v128.load(s, 64)), 64);
    v128.store(s, mad(y21, y21, v128.load(s, 80)), 80);
    v128.store(s, mad(y30, y30, v128.load(s, 96)), 96);
    v128.store(s, mad(y31, y31, v128.load(s, 112)), 112);
  }
  v128.store(c, sub(v128.load(o), v128.load(s)));
  v128.store(c, sub(v128.load(o, 16), v128.load(s, 16)), 16);
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), v128.load(s, 32)));
  v128.store(c, sub(v128.load(o, 16), v128.load(s, 48)), 16);
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), v128.load(s, 64)));
  v128.store(c, sub(v128.load(o, 16), v128.load(s, 80)), 16);
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), v128.load(s, 96)));
  v128.store(c, sub(v128.load(o, 16), v128.load(s, 112)), 16);
}

function whitenHalf(
  x: usize,
  stride: usize,
  w: usize,
  factorRows: i32,
  bytes: usize,
  step: usize,
  o: usize,
  baseStride: usize,
  c: usize,
  outStride: usize,
): void {
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  let s0 = zero();
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let i = 0; i < factorRows; i++) {
    let y0 = v128.load(w);
    let y1 = y0;
    let y2 = y0;
    let y3 = y0;
    let p: usize = 0;
    w += 16;
    while (p < bytes) {
      const b = v128.load(w);
      y0 = mad(spread(x + p), b, y0);
      y1 = mad(spread(x1 + p), b, y1);
      y2 = mad(spread(x2 + p), b, y2);
      y3 = mad(spread(x3 + p), b, y3);
      w += 16;
      p += SIZE;
    }
    bytes += step;
    s0 = mad(y0, y0, s0);
    s1 = mad(y1, y1, s1);
    s2 = mad(y2, y2, s2);
    s3 = mad(y3, y3, s3);
  }
  v128.store(c, sub(v128.load(o), s0));
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), s1));
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), s2));
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), s3));
}

/**
 * `out = base − Σᵢ (yᵢ − cᵢ)²` for rows of y `[rows, width]`, rows a multiple of 4: one factor has served all components.
 *
 * @param panels  c as `[columns / PANEL][width][PANEL]`; a last panel of half the width where columns are no multiple of PANEL
 */
export function distances(
  y: usize,
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
  const bytes = (<usize>width) << SHIFT;
  for (let j = 0; j < columns; j += LANES) {
    const at = (<usize>j) << SHIFT;
    // A vector at a time: in a whole panel it is the first or the second half of it.
    const panel = j & ~(PANEL - 1);
    const isWhole = columns - panel >= PANEL;
    const b = panels + ((<usize>(panel * width + (j - panel))) << SHIFT);
    for (let i = 0; i < rows; i += 4)
      distancesOf(
        y + <usize>i * stride,
        stride,
        b,
        isWhole ? 32 : 16,
        bytes,
        base + <usize>i * baseStride + at,
        baseStride,
        out + <usize>i * outStride + at,
        outStride,
      );
  }
}

function distancesOf(
  y: usize,
  stride: usize,
  b: usize,
  bStride: usize,
  bytes: usize,
  o: usize,
  baseStride: usize,
  c: usize,
  outStride: usize,
): void {
  const y1 = y + stride;
  const y2 = y1 + stride;
  const y3 = y2 + stride;
  let s0 = zero();
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let p: usize = 0; p < bytes; p += SIZE) {
    const own = v128.load(b);
    const d0 = sub(spread(y + p), own);
    const d1 = sub(spread(y1 + p), own);
    const d2 = sub(spread(y2 + p), own);
    const d3 = sub(spread(y3 + p), own);
    s0 = mad(d0, d0, s0);
    s1 = mad(d1, d1, s1);
    s2 = mad(d2, d2, s2);
    s3 = mad(d3, d3, s3);
    b += bStride;
  }
  v128.store(c, sub(v128.load(o), s0));
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), s1));
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), s2));
  c += outStride;
  o += baseStride;
  v128.store(c, sub(v128.load(o), s3));
}

/**
 * Each row of x and the lower triangle of x·xᵀ, `[rows, width + width·(width + 1)/2]`.
 *
 * Writes up to a vector less a number beyond the end of the last row.
 */
export function triangle(x: usize, stride: usize, rows: i32, width: i32, out: usize, outStride: usize): void {
  const bytes = (<usize>width) << SHIFT;
  for (let n = 0; n < rows; n++) {
    let at = out + <usize>n * outStride;
    for (let o: usize = 0; o < bytes; o += 16) v128.store(at + o, v128.load(x + o));
    at += bytes;
    // Each line is written in whole vectors; what is too much the next one overwrites.
    for (let i: usize = 0; i < bytes; i += SIZE) {
      const own = spread(x + i);
      for (let o: usize = 0; o <= i; o += 16) v128.store(at + o, mul(own, v128.load(x + o)));
      at += i + SIZE;
    }
    x += stride;
  }
}

/** `out = w·x`, row by row: rows of x `[rows, width]`, w `weightStride` bytes apart. Writes up to the next multiple of LANES of width. */
export function scale(
  x: usize,
  stride: usize,
  rows: i32,
  width: i32,
  weights: usize,
  weightStride: usize,
  out: usize,
  outStride: usize,
): void {
  const bytes = (<usize>width) << SHIFT;
  for (let n = 0; n < rows; n++) {
    const w = spread(weights);
    for (let o: usize = 0; o < bytes; o += 16) v128.store(out + o, mul(w, v128.load(x + o)));
    weights += weightStride;
    x += stride;
    out += outStride;
  }
}
