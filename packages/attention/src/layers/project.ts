import { type Backend, float64, inFloat64, type Matrix } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { product, transposed } from '../product.ts';

/** What a linear map is, and where it is made. */
export type Projection = {
  /** W, `[D, E]` */
  readonly weights: Matrix;
  /** b, `[E]` or nothing */
  readonly bias: ArrayLike<number> | undefined;
  /** of the map, for messages */
  readonly name: string;
  readonly backend: Backend | undefined;
};

/**
 * A linear map of rows, in float64, on the backend or its kernel in float64.
 *
 *     y_n = x_n·W + b
 *
 * @param x  `[N, D]`
 * @returns `[N, E]`
 *
 * Cost: N·D·E multiply–adds.
 */
export function project(
  x: Matrix,
  { weights: W, bias: b, name, backend = float64 }: Projection,
  where: string,
): Matrix {
  if (W.rows !== x.cols) {
    fail(
      where,
      'BAD_SHAPE',
      `the ${name} weights have ${counted(W.rows, 'row')}, their input has ${counted(x.cols, 'column')}; the two must agree`,
    );
  }
  if (b !== undefined && b.length !== W.cols) {
    fail(
      where,
      'BAD_SHAPE',
      `the ${name} bias holds ${counted(b.length, 'number')}, its weights have ${counted(W.cols, 'column')}`,
    );
  }
  return product(x, transposed(W), b === undefined ? null : Float64Array.from(b), inFloat64(backend));
}
