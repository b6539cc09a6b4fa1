// From single precision to double, within one memory.

/** Rows of single numbers `[rows, width]` as doubles, packed. Reads and writes up to the next multiple of 2 of width. */
export function widen(x: usize, stride: usize, rows: i32, width: i32, out: usize, outStride: usize): void {
  for (let n = 0; n < rows; n++) {
    for (let p = 0; p < width; p += 2)
      v128.store(out + (<usize>p << 3), f64x2.promote_low_f32x4(v128.load64_zero(x + (<usize>p << 2))));
    x += stride;
    out += outStride;
  }
}
