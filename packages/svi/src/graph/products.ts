/** A matrix in memory: element (i, l) stands at `at + i·row + l·col`. */
export type Strided = { readonly at: number; readonly row: number; readonly col: number };

/** Inner numbers that are multiplied while what they belong to lies in the cache. */
const CHUNK = 256;

/**
 * The product of A `[n, k]` and B `[k, p]`, written to `out` row by row. Each number is a sum in the order of l, however many are made at once: several sums side by side keep the processor busy while
 * one addition waits for another.
 *
 * Cost: n·k·p multiply–adds, about one a cycle.
 */
export function multiply(
  m: Float64Array,
  [n, k, p]: readonly [number, number, number],
  a: Strided,
  b: Strided,
  out: number,
): void {
  if (p === 1) times(m, n, k, a.at, a.row, a.col, b.at, b.row, out);
  else if (n === 1) times(m, p, k, b.at, b.col, b.row, a.at, a.col, out);
  else {
    m.fill(0, out, out + n * p);
    for (let l = 0; l < k; l += CHUNK)
      addBlocks(m, n, Math.min(CHUNK, k - l), p, a.at + l * a.col, a.row, a.col, b.at + l * b.row, b.row, b.col, out);
  }
}

/** A matrix times a vector, along whichever axis numbers lie side by side. */
function times(
  m: Float64Array,
  n: number,
  k: number,
  a: number,
  row: number,
  col: number,
  b: number,
  step: number,
  out: number,
): void {
  if (row === 1 && n > 1) addRows(m, n, k, a, col, b, step, out);
  else dots(m, n, k, a, row, col, b, step, out);
}

/** Sums of products of rows with a vector, four rows at once. */
function dots(
  m: Float64Array,
  n: number,
  k: number,
  a: number,
  row: number,
  col: number,
  b: number,
  step: number,
  out: number,
): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let x0 = a + i * row;
    let x1 = a + (i + 1) * row;
    let x2 = a + (i + 2) * row;
    let x3 = a + (i + 3) * row;
    let y = b;
    for (let l = 0; l < k; l++) {
      const v = m[y]!;
      s0 += m[x0]! * v;
      s1 += m[x1]! * v;
      s2 += m[x2]! * v;
      s3 += m[x3]! * v;
      x0 += col;
      x1 += col;
      x2 += col;
      x3 += col;
      y += step;
    }
    m[out + i] = s0;
    m[out + i + 1] = s1;
    m[out + i + 2] = s2;
    m[out + i + 3] = s3;
  }
  for (; i < n; i++) {
    let total = 0;
    for (let l = 0; l < k; l++) total += m[a + i * row + l * col]! * m[b + l * step]!;
    m[out + i] = total;
  }
}

/** Rows, each times a number, added up, four rows at once. */
function addRows(
  m: Float64Array,
  n: number,
  k: number,
  a: number,
  col: number,
  b: number,
  step: number,
  out: number,
): void {
  m.fill(0, out, out + n);
  let l = 0;
  for (; l + 4 <= k; l += 4) {
    const y = b + l * step;
    const v0 = m[y]!;
    const v1 = m[y + step]!;
    const v2 = m[y + 2 * step]!;
    const v3 = m[y + 3 * step]!;
    let x = a + l * col;
    for (let i = out; i < out + n; i++, x++)
      m[i] = m[i]! + m[x]! * v0 + m[x + col]! * v1 + m[x + 2 * col]! * v2 + m[x + 3 * col]! * v3;
  }
  for (; l < k; l++) {
    const v = m[b + l * step]!;
    for (let i = 0; i < n; i++) m[out + i]! += m[a + l * col + i]! * v;
  }
}

/** Adds a product to `out`, in blocks of 4 × 2 sums. */
function addBlocks(
  m: Float64Array,
  n: number,
  k: number,
  p: number,
  a: number,
  rowA: number,
  colA: number,
  b: number,
  rowB: number,
  colB: number,
  out: number,
): void {
  const wide = p - (p % 2);
  const high = n - (n % 4);
  for (let j = 0; j < wide; j += 2)
    for (let i = 0; i < high; i += 4) {
      const o0 = out + i * p + j;
      const o1 = out + (i + 1) * p + j;
      const o2 = out + (i + 2) * p + j;
      const o3 = out + (i + 3) * p + j;
      let s00 = m[o0]!;
      let s10 = m[o1]!;
      let s20 = m[o2]!;
      let s30 = m[o3]!;
      let s01 = m[o0 + 1]!;
      let s11 = m[o1 + 1]!;
      let s21 = m[o2 + 1]!;
      let s31 = m[o3 + 1]!;
      let x = a + i * rowA;
      let y = b + j * colB;
      for (let l = 0; l < k; l++) {
        const v0 = m[y]!;
        const v1 = m[y + colB]!;
        const u0 = m[x]!;
        const u1 = m[x + rowA]!;
        const u2 = m[x + 2 * rowA]!;
        const u3 = m[x + 3 * rowA]!;
        s00 += u0 * v0;
        s01 += u0 * v1;
        s10 += u1 * v0;
        s11 += u1 * v1;
        s20 += u2 * v0;
        s21 += u2 * v1;
        s30 += u3 * v0;
        s31 += u3 * v1;
        x += colA;
        y += rowB;
      }
      m[o0] = s00;
      m[o0 + 1] = s01;
      m[o1] = s10;
      m[o1 + 1] = s11;
      m[o2] = s20;
      m[o2 + 1] = s21;
      m[o3] = s30;
      m[o3 + 1] = s31;
    }
  for (let i = 0; i < n; i++)
    for (let j = i < high ? wide : 0; j < p; j++) {
      let total = m[out + i * p + j]!;
      for (let l = 0; l < k; l++) total += m[a + i * rowA + l * colA]! * m[b + l * rowB + j * colB]!;
      m[out + i * p + j] = total;
    }
}

/** Sums of products of a vector with those rows of a matrix `[?, width]` that are named from `via` on. */
export function dotsAt(
  m: Float64Array,
  x: Int32Array,
  via: number,
  [count, width]: readonly [number, number],
  a: number,
  b: number,
  out: number,
): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = via + i;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const x0 = a + x[at]! * width;
    const x1 = a + x[at + 1]! * width;
    const x2 = a + x[at + 2]! * width;
    const x3 = a + x[at + 3]! * width;
    for (let l = 0; l < width; l++) {
      const v = m[b + l]!;
      s0 += m[x0 + l]! * v;
      s1 += m[x1 + l]! * v;
      s2 += m[x2 + l]! * v;
      s3 += m[x3 + l]! * v;
    }
    m[out + i] = s0;
    m[out + i + 1] = s1;
    m[out + i + 2] = s2;
    m[out + i + 3] = s3;
  }
  for (; i < count; i++) {
    const row = a + x[via + i]! * width;
    let total = 0;
    for (let l = 0; l < width; l++) total += m[row + l]! * m[b + l]!;
    m[out + i] = total;
  }
}

/** Those rows, each times a number of `b`, added up. */
export function addRowsAt(
  m: Float64Array,
  x: Int32Array,
  via: number,
  [count, width]: readonly [number, number],
  a: number,
  b: number,
  out: number,
): void {
  m.fill(0, out, out + width);
  let l = 0;
  for (; l + 4 <= count; l += 4) {
    const at = via + l;
    const v0 = m[b + l]!;
    const v1 = m[b + l + 1]!;
    const v2 = m[b + l + 2]!;
    const v3 = m[b + l + 3]!;
    const x0 = a + x[at]! * width;
    const x1 = a + x[at + 1]! * width;
    const x2 = a + x[at + 2]! * width;
    const x3 = a + x[at + 3]! * width;
    for (let i = 0; i < width; i++)
      m[out + i] = m[out + i]! + m[x0 + i]! * v0 + m[x1 + i]! * v1 + m[x2 + i]! * v2 + m[x3 + i]! * v3;
  }
  for (; l < count; l++) {
    const row = a + x[via + l]! * width;
    const v = m[b + l]!;
    for (let i = 0; i < width; i++) m[out + i]! += m[row + i]! * v;
  }
}
