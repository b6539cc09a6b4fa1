/**
 * Chosen columns of `[K, width]`, in their order.
 *
 * @example
 * pickColumns(Float64Array.of(1, 2, 3, 4), 2, [1]); // [2, 4]
 */
export function pickColumns(data: Float64Array, width: number, columns: readonly number[]): Float64Array {
  const C = columns.length;
  return Float64Array.from(
    { length: (data.length / width) * C },
    (_, i) => data[Math.floor(i / C) * width + columns[i % C]!]!,
  );
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
  return Float64Array.from({ length: (data.length / width ** 2) * R * C }, (_, i) => {
    const block = Math.floor(i / (R * C)) * width * width;
    return data[block + rows[Math.floor(i / C) % R]! * width + columns[i % C]!]!;
  });
}
