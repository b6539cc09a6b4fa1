import { fail } from '@mixtention/core/base';
import { takeFlat } from './arrange.ts';
import { reshape, sum } from './reduce.ts';
import { type Shape, sameShape, showShape, sizeOf } from './shape.ts';
import { constant, type Value, type ValueLike, value } from './value.ts';

const tail = (shape: Shape): Shape => shape.slice(-2);
const lead = (shape: Shape): Shape => shape.slice(0, -2);

/** The product with sides as they are or transposed, leading axes equal, or none on one side. */
export function product(a: Value, b: Value, [ta, tb]: readonly [boolean, boolean]): Value {
  const [n, k] = ta ? [...tail(a.shape)].reverse() : tail(a.shape);
  const [k2, p] = tb ? [...tail(b.shape)].reverse() : tail(b.shape);
  const batches = [lead(a.shape), lead(b.shape)].filter((shape) => shape.length > 0);
  if (k !== k2 || (batches.length === 2 && !sameShape(batches[0]!, batches[1]!)))
    fail('svi/matmul', 'BAD_SHAPE', `${showShape(a.shape)} and ${showShape(b.shape)} have no product`);
  return { op: 'matmul', inputs: [a, b], shape: [...(batches[0] ?? []), n!, p!], transposed: [ta, tb] };
}

/**
 * The matrix product; vectors are rows on the left and columns on the right. Leading axes are a batch: equal, or on one side only.
 *
 * @throws BAD_SHAPE for numbers, and where the inner axes or the batches differ
 *
 * @example
 * const { run, outputs } = compile([matmul([[1, 2], [3, 4]], [1, 1])], []);
 * run();
 * outputs; // [3, 7]
 */
export function matmul(a: ValueLike, b: ValueLike): Value {
  const left = value(a, 'svi/matmul');
  const right = value(b, 'svi/matmul');
  if (left.shape.length === 0 || right.shape.length === 0)
    fail('svi/matmul', 'BAD_SHAPE', `${showShape(left.shape)} and ${showShape(right.shape)} have no product`);
  const row = left.shape.length === 1;
  const column = right.shape.length === 1;
  const full = product(
    row ? reshape(left, [1, ...left.shape]) : left,
    column ? reshape(right, [...right.shape, 1]) : right,
    [false, false],
  );
  const [n, p] = tail(full.shape);
  if (!row && !column) return full;
  return reshape(full, [...lead(full.shape), ...(row ? [] : [n!]), ...(column ? [] : [p!])]);
}

function square(where: string, x: ValueLike): Value {
  const v = value(x, where);
  if (v.shape.length < 2 || v.shape.at(-1) !== v.shape.at(-2))
    fail(where, 'BAD_SHAPE', `${showShape(v.shape)} came, square matrices were due`);
  return v;
}

/**
 * The lower factor L of A = L Lᵀ, of each matrix of a batch; NaN where A is not positive definite.
 *
 * @throws BAD_SHAPE for what is not square
 *
 * @example
 * const { run, outputs } = compile([cholesky([[4, 2], [2, 5]])], []);
 * run();
 * outputs; // [2, 0, 1, 2]
 */
export function cholesky(a: ValueLike): Value {
  const v = square('svi/cholesky', a);
  return { op: 'cholesky', inputs: [v], shape: v.shape };
}

/** L⁻¹ B, or L⁻ᵀ B where transposed, of lower triangular L; B a matrix, or a batch of them. */
export function solveLower(l: Value, b: Value, transposed: boolean): Value {
  const size = l.shape.at(-1);
  if (b.shape.at(-2) !== size || (lead(l.shape).length > 0 && !sameShape(lead(l.shape), lead(b.shape))))
    fail('svi/triangularSolve', 'BAD_SHAPE', `${showShape(l.shape)} does not solve ${showShape(b.shape)}`);
  return { op: 'solve', inputs: [l, b], shape: b.shape, transposed: [transposed] };
}

/**
 * x of L x = b, L lower triangular; b a vector or the columns of a matrix, alone or one a matrix of L's batch.
 *
 * @throws BAD_SHAPE where L is not square, or b of another size
 *
 * @example
 * const { run, outputs } = compile([triangularSolve([[2, 0], [1, 4]], [2, 9])], []);
 * run();
 * outputs; // [1, 2]
 */
export function triangularSolve(
  l: ValueLike,
  b: ValueLike,
  { transposed = false }: { readonly transposed?: boolean } = {},
): Value {
  const left = square('svi/triangularSolve', l);
  const right = value(b, 'svi/triangularSolve');
  const isVector = right.shape.length === left.shape.length - 1;
  if (!isVector) return solveLower(left, right, transposed);
  return reshape(solveLower(left, reshape(right, [...right.shape, 1]), transposed), right.shape);
}

/**
 * The diagonals of square matrices.
 *
 * @throws BAD_SHAPE for what is not square
 *
 * @example
 * const { run, outputs } = compile([diagonal([[1, 2], [3, 4]])], []);
 * run();
 * outputs; // [1, 4]
 */
export function diagonal(a: ValueLike): Value {
  const v = square('svi/diagonal', a);
  const d = v.shape.at(-1)!;
  const count = sizeOf(v.shape) / d;
  const places = Int32Array.from({ length: count }, (_, i) => Math.floor(i / d) * d * d + (i % d) * (d + 1));
  return takeFlat(v, places, v.shape.slice(0, -1));
}

/** A constant of ones (`half` on the diagonal) at and below the diagonal. */
export function lowerMask(d: number, half = 1): Value {
  const data = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) data[i * d + j] = i === j ? half : 1;
  return constant(data, [d, d]);
}

/** The gradient of an operand whose batch was stretched: summed over what the operand has not. */
export const sumBatch = (x: Value, shape: Shape): Value =>
  x.shape.length === shape.length
    ? x
    : sum(
        x,
        x.shape.slice(0, x.shape.length - shape.length).map((_, axis) => axis),
      );
