import type { Matrix } from '../contracts/index.ts';

/** Values as float32 keeps most of them, and the way back. */
export type Float32Values = {
  /** `(v − center) / unit` `[K, V]` */
  readonly values: Matrix;
  /** `[V]` */
  readonly center: Float64Array;
  /** `[V]` */
  readonly unit: Float64Array;
  /** In place: output `[N, V]` of those values becomes that of v; rows whose evidence is −∞ stay 0. */
  restore(output: Matrix, logEvidence: Float64Array): void;
};

/**
 * Moves and scales each column of values before they are rounded to float32, which the read does not mind: responsibilities sum to 1.
 *
 *     Σₖ r_k v_k = center + unit · Σₖ r_k (v_k − center) / unit
 *
 * The center is the number nearest to 0 between the least and the greatest of the column. So no value gets larger, and time stamps keep
 * their seconds. The unit is a power of two, so that scaling rounds nothing, and nothing is too large or too small for float32.
 *
 * Cost: K·V before the read, N·V after it.
 */
export function float32Values({ data, rows, cols }: Matrix): Float32Values {
  const center = new Float64Array(cols);
  const unit = new Float64Array(cols);
  const moved = new Float64Array(data.length);
  for (let c = 0; c < cols; c++) {
    let [least, greatest] = [data[c]!, data[c]!];
    for (let i = c; i < data.length; i += cols) {
      if (data[i]! < least) least = data[i]!;
      if (data[i]! > greatest) greatest = data[i]!;
    }
    center[c] = least > 0 ? least : Math.min(greatest, 0);
    const most = Math.max(greatest - center[c]!, center[c]! - least);
    unit[c] = most > 0 ? 2 ** Math.floor(Math.log2(most)) : 1;
    for (let i = c; i < data.length; i += cols) moved[i] = (data[i]! - center[c]!) / unit[c]!;
  }
  return {
    values: { data: moved, rows, cols },
    center,
    unit,
    restore(output, logEvidence) {
      for (let i = 0; i < output.data.length; i++) {
        if (logEvidence[Math.floor(i / cols)] === Number.NEGATIVE_INFINITY) continue;
        output.data[i] = center[i % cols]! + unit[i % cols]! * output.data[i]!;
      }
    },
  };
}
