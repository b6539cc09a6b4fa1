import type { Matrix } from '@mixtention/core';

/** Equal parts of the columns, each packed: heads lie side by side. Their number divides that of the columns. */
export function splitColumns({ data, rows, cols }: Matrix, parts: number): Matrix[] {
  const width = cols / parts;
  return Array.from({ length: parts }, (_, part) => {
    const own = new Float64Array(rows * width);
    for (let n = 0; n < rows; n++)
      own.set(data.subarray(n * cols + part * width, n * cols + (part + 1) * width), n * width);
    return { data: own, rows, cols: width };
  });
}

/** Matrices of equal height side by side. */
export function joinColumns(parts: readonly Matrix[]): Matrix {
  const { rows, cols } = parts[0]!;
  const data = new Float64Array(rows * cols * parts.length);
  parts.forEach((part, h) => {
    for (let n = 0; n < rows; n++)
      data.set(part.data.subarray(n * cols, (n + 1) * cols), (n * parts.length + h) * cols);
  });
  return { data, rows, cols: cols * parts.length };
}
