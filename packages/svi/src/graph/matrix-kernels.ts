import type { Kernel, Place } from './kernel-types.ts';
import { addRowsAt, dotsAt, multiply, type Strided } from './products.ts';
import { type Shape, sizeOf } from './shape.ts';
import type { Value } from './value.ts';

const matrices = (shape: Shape): number => sizeOf(shape.slice(0, -2));

/** Products of a batch of matrices; a side without batch serves all. */
export function matmulKernel(node: Value, { at: [a, b], out, via }: Place): Kernel {
  const [left, right] = node.inputs as [Value, Value];
  const [ta, tb] = node.transposed as readonly [boolean, boolean];
  const [n, p] = node.shape.slice(-2) as [number, number];
  const k = left.shape.at(ta ? -2 : -1)!;
  const [stepA, stepB] = [matrices(left.shape) > 1 ? n * k : 0, matrices(right.shape) > 1 ? k * p : 0];
  const calls = Array.from({ length: matrices(node.shape) }, (_, batch) => {
    const fromA: Strided = { at: a! + batch * stepA, ...(ta ? { row: 1, col: n } : { row: k, col: 1 }) };
    const fromB: Strided = { at: b! + batch * stepB, ...(tb ? { row: 1, col: k } : { row: p, col: 1 }) };
    return { fromA, fromB, to: out + batch * n * p };
  });
  const size = [n, k, p] as const;
  if (via !== undefined) {
    const [count, width] = left.shape as [number, number];
    return ta
      ? (m, x) => addRowsAt(m, x, via, [count, width], a!, b!, out)
      : (m, x) => dotsAt(m, x, via, [count, width], a!, b!, out);
  }
  return (m) => {
    for (const { fromA, fromB, to } of calls) multiply(m, size, fromA, fromB, to);
  };
}

/** L⁻¹ B or L⁻ᵀ B for a batch; an L without batch serves all. */
export function solveKernel(node: Value, { at: [l, b], out }: Place): Kernel {
  const [d, p] = node.shape.slice(-2) as [number, number];
  const count = matrices(node.shape);
  const step = matrices(node.inputs[0]!.shape) > 1 ? d * d : 0;
  const [transposed] = node.transposed as readonly [boolean];
  return (m) => {
    m.copyWithin(out, b!, b! + count * d * p);
    for (let batch = 0; batch < count; batch++) {
      const from = l! + batch * step;
      const to = out + batch * d * p;
      if (transposed) solveTransposed(m, d, p, from, to);
      else solve(m, d, p, from, to);
    }
  };
}

/** Each row of X less those above it, as often as L says, four at once. */
function solve(m: Float64Array, d: number, p: number, l: number, x: number): void {
  for (let i = 0; i < d; i++) {
    const row = x + i * p;
    const factors = l + i * d;
    let k = 0;
    for (; k + 4 <= i; k += 4) takeOffFour(m, p, factors + k, 1, x + k * p, p, row);
    for (; k < i; k++) takeOff(m, p, m[factors + k]!, x + k * p, row);
    divide(m, p, row, m[factors + i]!);
  }
}

/** The same from the last row up. */
function solveTransposed(m: Float64Array, d: number, p: number, l: number, x: number): void {
  for (let i = d - 1; i >= 0; i--) {
    const row = x + i * p;
    const factors = l + i;
    let k = d - 1;
    for (; k - 4 >= i; k -= 4) takeOffFour(m, p, factors + k * d, -d, x + k * p, -p, row);
    for (; k > i; k--) takeOff(m, p, m[factors + k * d]!, x + k * p, row);
    divide(m, p, row, m[factors + i * d]!);
  }
}

function divide(m: Float64Array, p: number, row: number, pivot: number): void {
  for (let c = row; c < row + p; c++) m[c] = m[c]! / pivot;
}

function takeOff(m: Float64Array, p: number, factor: number, from: number, to: number): void {
  for (let c = 0; c < p; c++) m[to + c] = m[to + c]! - factor * m[from + c]!;
}

/** Four rows, `step` numbers apart, times factors that stand `apart`. */
function takeOffFour(
  m: Float64Array,
  p: number,
  factors: number,
  apart: number,
  from: number,
  step: number,
  to: number,
): void {
  const f0 = m[factors]!;
  const f1 = m[factors + apart]!;
  const f2 = m[factors + 2 * apart]!;
  const f3 = m[factors + 3 * apart]!;
  let x = from;
  for (let c = to; c < to + p; c++, x++)
    m[c] = m[c]! - f0 * m[x]! - f1 * m[x + step]! - f2 * m[x + 2 * step]! - f3 * m[x + 3 * step]!;
}

/** Lower factors of a batch; NaN from the first pivot that is not positive. */
export function choleskyKernel(node: Value, { at: [a], out }: Place): Kernel {
  const d = node.shape.at(-1)!;
  const count = matrices(node.shape);
  return (m) => {
    for (let batch = 0; batch < count; batch++) factor(m, d, a! + batch * d * d, out + batch * d * d);
  };
}

/** Column by column, four rows at once: sums side by side, each in the order of its products. */
function factor(m: Float64Array, d: number, from: number, to: number): void {
  for (let j = 0; j < d; j++) {
    const own = to + j * d;
    let left = m[from + j * d + j]!;
    for (let k = 0; k < j; k++) left -= m[own + k]! * m[own + k]!;
    const pivot = left > 0 ? Math.sqrt(left) : Number.NaN;
    for (let i = 0; i < j; i++) m[to + i * d + j] = 0;
    m[own + j] = pivot;
    let i = j + 1;
    for (; i + 4 <= d; i += 4) {
      const x0 = to + i * d;
      const x1 = to + (i + 1) * d;
      const x2 = to + (i + 2) * d;
      const x3 = to + (i + 3) * d;
      const at = from + i * d + j;
      let s0 = m[at]!;
      let s1 = m[at + d]!;
      let s2 = m[at + 2 * d]!;
      let s3 = m[at + 3 * d]!;
      for (let k = 0; k < j; k++) {
        const v = m[own + k]!;
        s0 -= m[x0 + k]! * v;
        s1 -= m[x1 + k]! * v;
        s2 -= m[x2 + k]! * v;
        s3 -= m[x3 + k]! * v;
      }
      m[x0 + j] = s0 / pivot;
      m[x1 + j] = s1 / pivot;
      m[x2 + j] = s2 / pivot;
      m[x3 + j] = s3 / pivot;
    }
    for (; i < d; i++) {
      const row = to + i * d;
      let rest = m[from + i * d + j]!;
      for (let k = 0; k < j; k++) rest -= m[row + k]! * m[own + k]!;
      m[row + j] = rest / pivot;
    }
  }
}
