import { emptyRows, type Float64Rows } from '../rows.ts';

/** Some rows and columns, packed. */
export function cut({ data, cols }: Float64Rows, top: number, rows: number, left: number, width: number): Float64Rows {
  const part = emptyRows(rows, width);
  for (let n = 0; n < rows; n++) {
    const from = (top + n) * cols + left;
    part.data.set(data.subarray(from, from + width), n * width);
  }
  return part;
}

/** Puts packed rows and columns in their place, times a number. */
export function paste(
  part: ArrayLike<number>,
  { data, cols }: Float64Rows,
  top: number,
  rows: number,
  left: number,
  width: number,
  scale: number,
): void {
  for (let n = 0; n < rows; n++)
    for (let j = 0; j < width; j++) data[(top + n) * cols + left + j] = scale * part[n * width + j]!;
}
