import type { Float64Rows } from '@mixtention/attention/learn';
import type { Matrix } from '@mixtention/core';
import { PIXELS, SIDE } from './halves.ts';

/** How images become components of a mixture. */
export type Smoothing = {
  /** Share of the image itself; the rest is the mean over 3 × 3 pixels */
  readonly own: number;
  /** Share of the mean image in what comes of that: no pixel is sure */
  readonly common: number;
};

/**
 * Chances of ink that images speak of when they are kernels of a density; a function of how they are smoothed.
 *
 *     θ = (1 − common) (own·x + (1 − own)·mean₃ₓ₃(x)) + common·mean image
 *
 * What lies beyond an edge is black. The mean image is that of one image more, half ink everywhere: θ is never 0 or 1.
 */
export function smoother(images: Matrix): (smoothing: Smoothing) => Float64Rows {
  const { data, rows } = images;
  const mean = meanImage(images);
  const near = nearMeans(images);
  return ({ own, common }) => {
    const smooth = new Float64Array(rows * PIXELS);
    for (let n = 0, at = 0; n < rows; n++)
      for (let i = 0; i < PIXELS; i++, at++)
        smooth[at] = (1 - common) * (own * data[at]! + (1 - own) * near[at]!) + common * mean[i]!;
    return { data: smooth, rows, cols: PIXELS };
  };
}

function meanImage({ data, rows }: Matrix): Float64Array {
  const sums = new Float64Array(PIXELS).fill(0.5);
  for (let n = 0, at = 0; n < rows; n++) for (let i = 0; i < PIXELS; i++, at++) sums[i]! += data[at]!;
  return sums.map((sum) => sum / (rows + 1));
}

/** Means over 3 × 3 pixels. */
function nearMeans({ data, rows }: Matrix): Float32Array {
  const near = new Float32Array(rows * PIXELS);
  for (let n = 0; n < rows; n++)
    for (let row = 0; row < SIDE; row++)
      for (let col = 0; col < SIDE; col++) {
        let sum = 0;
        for (let r = Math.max(0, row - 1); r <= Math.min(SIDE - 1, row + 1); r++)
          for (let c = Math.max(0, col - 1); c <= Math.min(SIDE - 1, col + 1); c++)
            sum += data[n * PIXELS + r * SIDE + c]!;
        near[n * PIXELS + row * SIDE + col] = sum / 9;
      }
  return near;
}
