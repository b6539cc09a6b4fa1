import type { Matrix } from '../contracts/index.ts';

/** How values are moved and scaled for float32, and the way back. */
export type Float32Units = {
  /** `[V]` */
  readonly center: Float64Array;
  /** `[V]`, powers of two */
  readonly unit: Float64Array;
  /** In place: output `[N, V]` of such values becomes that of v; rows whose evidence is −∞ stay 0. */
  restore(output: Matrix, logEvidence: Float64Array): void;
};

/** The same with the values themselves, `(v − center) / unit` `[K, V]`. */
export type Float32Values = Float32Units & { readonly values: Matrix };

/**
 * Moves and scales each column of values before they are rounded to float32, which the read does not mind: responsibilities sum to 1.
 *
 *     Σₖ r_k v_k = center + unit · Σₖ r_k (v_k − center) / unit
 *
 * The center is the number nearest to 0 between the least and the greatest of the column. So no value gets larger, and time stamps keep
 * their seconds. The unit is a power of two, so that scaling rounds nothing, and nothing is too large or too small for float32.
 *
 * @param extremes  who looks for the extremes of columns
 *
 * Cost: K·V before the read, N·V after it.
 */
export function float32Units(values: Matrix, extremes: Extremes = extremesOf): Float32Units {
  const { data, cols } = values;
  const least = Float64Array.from(data.subarray(0, cols));
  const greatest = least.slice();
  extremes(values, least, greatest);
  const center = least.map((low, c) => (low > 0 ? low : Math.min(greatest[c]!, 0)));
  const unit = center.map((middle, c) => {
    const most = Math.max(greatest[c]! - middle, middle - least[c]!);
    return most > 0 ? 2 ** Math.floor(Math.log2(most)) : 1;
  });
  return {
    center,
    unit,
    restore(output, logEvidence) {
      const { data: means } = output;
      for (let n = 0; n < output.rows; n++) {
        if (logEvidence[n] === Number.NEGATIVE_INFINITY) continue;
        const row = n * cols;
        for (let c = 0; c < cols; c++) means[row + c] = center[c]! + unit[c]! * means[row + c]!;
      }
    },
  };
}

/** Widens what is in `least` and `greatest` `[V]` to the extremes of each column. */
export type Extremes = (values: Matrix, least: Float64Array, greatest: Float64Array) => void;

export function extremesOf({ data, cols }: Matrix, least: Float64Array, greatest: Float64Array): void {
  for (let i = 0; i < data.length; i += cols)
    for (let c = 0; c < cols; c++) {
      const value = data[i + c]!;
      if (value < least[c]!) least[c] = value;
      if (value > greatest[c]!) greatest[c] = value;
    }
}

export function float32Values(values: Matrix): Float32Values {
  const { data, rows, cols } = values;
  const units = float32Units(values);
  const { center, unit } = units;
  const moved = new Float64Array(data.length);
  for (let i = 0; i < data.length; i += cols)
    for (let c = 0; c < cols; c++) moved[i + c] = (data[i + c]! - center[c]!) / unit[c]!;
  return { ...units, values: { data: moved, rows, cols } };
}
