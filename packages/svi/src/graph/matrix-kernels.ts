import type { Kernel, Place } from './kernel-types.ts';
import { type Shape, sizeOf } from './shape.ts';
import type { Value } from './value.ts';

const matrices = (shape: Shape): number => sizeOf(shape.slice(0, -2));

/** Products of a batch of matrices; a side without batch serves all. */
export function matmulKernel(node: Value, { at: [a, b], out }: Place): Kernel {
  const [left, right] = node.inputs as [Value, Value];
  const [ta, tb] = node.transposed as readonly [boolean, boolean];
  const [n, p] = node.shape.slice(-2) as [number, number];
  const k = left.shape.at(ta ? -2 : -1)!;
  const count = matrices(node.shape);
  const [stepA, stepB] = [matrices(left.shape) > 1 ? n * k : 0, matrices(right.shape) > 1 ? k * p : 0];
  const [rowA, colA] = ta ? [1, n] : [k, 1];
  const [rowB, colB] = tb ? [1, k] : [p, 1];
  return (m) => {
    for (let batch = 0; batch < count; batch++) {
      const fromA = a! + batch * stepA;
      const fromB = b! + batch * stepB;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < p; j++) {
          let total = 0;
          let x = fromA + i * rowA;
          let y = fromB + j * colB;
          for (let l = 0; l < k; l++) {
            total += m[x]! * m[y]!;
            x += colA;
            y += rowB;
          }
          m[out + (batch * n + i) * p + j] = total;
        }
    }
  };
}

/** L⁻¹ B or L⁻ᵀ B for a batch; an L without batch serves all. */
export function solveKernel(node: Value, { at: [l, b], out }: Place): Kernel {
  const [d, p] = node.shape.slice(-2) as [number, number];
  const count = matrices(node.shape);
  const step = matrices(node.inputs[0]!.shape) > 1 ? d * d : 0;
  const [transposed] = node.transposed as readonly [boolean];
  return (m) => {
    for (let batch = 0; batch < count; batch++) {
      const fromL = l! + batch * step;
      const fromB = b! + batch * d * p;
      const to = out + batch * d * p;
      for (let column = 0; column < p; column++)
        for (let s = 0; s < d; s++) {
          const i = transposed ? d - 1 - s : s;
          let left = m[fromB + i * p + column]!;
          if (transposed) for (let j = i + 1; j < d; j++) left -= m[fromL + j * d + i]! * m[to + j * p + column]!;
          else for (let j = 0; j < i; j++) left -= m[fromL + i * d + j]! * m[to + j * p + column]!;
          m[to + i * p + column] = left / m[fromL + i * d + i]!;
        }
    }
  };
}

/** Lower factors of a batch; NaN from the first pivot that is not positive. */
export function choleskyKernel(node: Value, { at: [a], out }: Place): Kernel {
  const d = node.shape.at(-1)!;
  const count = matrices(node.shape);
  return (m) => {
    for (let batch = 0; batch < count; batch++) {
      const from = a! + batch * d * d;
      const to = out + batch * d * d;
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          if (j > i) {
            m[to + i * d + j] = 0;
            continue;
          }
          let left = m[from + i * d + j]!;
          for (let k = 0; k < j; k++) left -= m[to + i * d + k]! * m[to + j * d + k]!;
          m[to + i * d + j] = i === j ? (left > 0 ? Math.sqrt(left) : Number.NaN) : left / m[to + j * d + j]!;
        }
    }
  };
}
