import type { Matrix } from '@mixtention/core';

/** 0 … count − 1 */
export function indices(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Some columns of a matrix, packed, in float64. */
export function takeColumns({ data, rows, cols }: Matrix, columns: Int32Array): Matrix & { data: Float64Array } {
  const width = columns.length;
  const taken = new Float64Array(rows * width);
  for (let n = 0; n < rows; n++) {
    for (let d = 0; d < width; d++) taken[n * width + d] = data[n * cols + columns[d]!]!;
  }
  return { data: taken, rows, cols: width };
}
