/**
 * Chosen columns of `[K, width]`, in their order.
 *
 * @example
 * pickColumns(Float64Array.of(1, 2, 3, 4), 2, [1]); // [2, 4]
 */
export function pickColumns(data: Float64Array, width: number, columns: readonly number[]): Float64Array {
  const C = columns.length;
  const picked = new Float64Array((data.length / width) * C);
  for (let line = 0, to = 0; line < data.length; line += width)
    for (let c = 0; c < C; c++, to++) picked[to] = data[line + columns[c]!]!;
  return picked;
}

/**
 * Chosen rows and columns of any number of `[width, width]` blocks.
 *
 * @example
 * pickBlocks(Float64Array.of(1, 2, 3, 4), 2, [1], [0, 1]); // [3, 4]
 */
export function pickBlocks(
  data: Float64Array,
  width: number,
  rows: readonly number[],
  columns: readonly number[],
): Float64Array {
  const [R, C] = [rows.length, columns.length];
  const picked = new Float64Array((data.length / width ** 2) * R * C);
  for (let block = 0, to = 0; block < data.length; block += width * width)
    for (let r = 0; r < R; r++) {
      const line = block + rows[r]! * width;
      for (let c = 0; c < C; c++, to++) picked[to] = data[line + columns[c]!]!;
    }
  return picked;
}
