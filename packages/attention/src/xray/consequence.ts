import type { Matrix } from '@mixtention/core';

/** What an edit of a head does to each query, told beforehand from what the head reads now. */
export type Consequence<Input> = {
  /** `o′ − o` `[N, V]`; null where the head came without values */
  readonly output: Matrix | null;
  /** `L′ − L` `[N]`, nats: the same in every gauge */
  readonly logEvidence: Float64Array;
  /** Total variation between the rows before and after, `[N]`; what is merged counts as one key. */
  readonly totalVariation: Float64Array;
  /** What `‖o′ − o‖` can be at most, `[N]`, told without looking at outputs; null without values */
  readonly bound: Float64Array | null;
  /** The head after the edit: `attend` or `xray` it, and the change is the one that was told. */
  readonly after: Input;
};

/** The longest distance between two rows. Cost: K²·V. */
export function diameter({ data, rows, cols }: Matrix): number {
  let most = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let c = 0; c < cols; c++) square += (data[i * cols + c]! - data[j * cols + c]!) ** 2;
      if (square > most) most = square;
    }
  }
  return Math.sqrt(most);
}
