import type { Description, Matrix } from '@mixtention/core';
import { describeComponent, type Space } from '../space.ts';

/** 0 … count − 1 */
export function indices(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** A block of a matrix: `rows` × `columns`, packed, in float64. */
export function block({ data, cols }: Matrix, rows: Int32Array, columns: Int32Array): Matrix & { data: Float64Array } {
  const width = columns.length;
  const taken = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < width; j++) taken[i * width + j] = data[rows[i]! * cols + columns[j]!]!;
  }
  return { data: taken, rows: rows.length, cols: width };
}

/** Some columns of a matrix, packed, in float64. */
export function takeColumns(m: Matrix, columns: Int32Array): Matrix & { data: Float64Array } {
  return block(m, indices(m.rows), columns);
}

/** A mixture as its family describes it, restricted to some columns. */
export function describeColumns(space: Space, columns: Int32Array): Description {
  const means = new Float64Array(space.components * columns.length);
  const covariances: Matrix[] = [];
  for (let k = 0; k < space.components; k++) {
    const own = describeComponent(space, k);
    means.set(takeColumns(own.means, columns).data, k * columns.length);
    if (own.covariances !== null) covariances.push(block(own.covariances[0]!, columns, columns));
  }
  const restricted = { data: means, rows: space.components, cols: columns.length };
  return { means: restricted, covariances: covariances.length > 0 ? covariances : null };
}
