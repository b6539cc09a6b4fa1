import type { Matrix } from '../contracts/index.ts';

/** By column a middle and a scale that few far rows do not move, `[D]` each. */
export type RobustColumns = { readonly center: Float64Array; readonly scale: Float64Array };

/** Interquartile range of a normal distribution, in its standard deviations. */
const NORMAL_RANGE = 1.3489795;

/**
 * Median and interquartile range of every column, the latter in standard deviations of a normal with that range.
 *
 * A column most of whose rows are one value has no such range; its scale is the root of the mean squared distance from the median, far rows
 * included, and 1 where it is constant.
 *
 * @param sample   `[B, D]`
 * @param weights  w `[B]`, ≥ 0, not all 0; left out, all 1
 *
 * Cost: a sort of B numbers a column.
 *
 * @example
 * const { center, scale } = robustColumns(matrix([[0], [1], [2], [3], [1e9]]));
 * center; // [2]
 * scale; // [1.48]
 */
export function robustColumns({ data, rows, cols }: Matrix, weights: Float64Array | null = null): RobustColumns {
  const center = new Float64Array(cols);
  const scale = new Float64Array(cols);
  for (let d = 0; d < cols; d++) {
    const column = new Float64Array(rows);
    for (let n = 0; n < rows; n++) column[n] = data[n * cols + d]!;
    const quantile = quantiles(column, weights);
    center[d] = quantile(0.5);
    const range = (quantile(0.75) - quantile(0.25)) / NORMAL_RANGE;
    scale[d] = range > 0 ? range : rootMeanSquare(column, center[d]!, weights) || 1;
  }
  return { center, scale };
}

/** The value below which a share of the weight lies. */
function quantiles(values: Float64Array, weights: Float64Array | null): (share: number) => number {
  if (weights === null) {
    const sorted = values.slice().sort();
    return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  }
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
  const total = weights.reduce((sum, w) => sum + w, 0);
  return (share) => {
    let below = 0;
    for (const n of order) if (weights[n]! > 0 && (below += weights[n]!) > share * total) return values[n]!;
    return values[order.at(-1)!]!;
  };
}

function rootMeanSquare(values: Float64Array, center: number, weights: Float64Array | null): number {
  let [sum, total, most] = [0, 0, 0];
  for (const value of values) most = Math.max(most, Math.abs(value - center));
  if (most === 0) return 0;
  values.forEach((value, n) => {
    const w = weights?.[n] ?? 1;
    total += w;
    if (w > 0) sum += w * ((value - center) / most) ** 2;
  });
  return most * Math.sqrt(sum / total);
}
