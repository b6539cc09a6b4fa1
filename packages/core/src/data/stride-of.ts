/** GEMMs are 2–2.5 times slower when a width is no multiple of 8: float32 rows are padded with zero columns to that. */
const WIDTH_MULTIPLE = 8;

/** Columns of float32 rows with their padding. */
export function strideOf(cols: number): number {
  return Math.ceil(cols / WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
}
