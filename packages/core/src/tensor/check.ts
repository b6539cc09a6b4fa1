import type { Tensor } from '@tensorflow/tfjs-core';
import { fail } from '../base/errors.ts';

/** Refuses anything but float32: the ops would round integers' gradients away. */
export function checkFloat(where: string, x: Tensor): void {
  if (x.dtype !== 'float32') fail(where, 'BAD_DATA', `dtype is ${x.dtype}, float32 is due`);
}

/** Refuses anything but float32 `[..., D, D]`. */
export function checkSquare(where: string, a: Tensor): void {
  checkFloat(where, a);
  const [rows, columns] = a.shape.slice(-2);
  if (a.rank < 2 || rows !== columns) fail(where, 'BAD_SHAPE', `shape is [${a.shape}], [..., D, D] is due`);
}
