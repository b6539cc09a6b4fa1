import { setImmediate } from 'node:timers/promises';
import { type Float64Rows, mixtureAttention } from '@mixtention/attention/learn';
import type { Backend } from '@mixtention/core';

import type { Arrays } from '@mixtention/core/optimize';
import { HALF, type Halves } from './halves.ts';

/** Mean nats of lower halves given upper ones. */
export type HalfNats = {
  /** `−log Σ_k r_k p(lower | k)`, exact */
  readonly nats: number;
  /** `−Σ_j log p(pixel_j)` under the mean output of attention, pixel by pixel */
  readonly marginalNats: number;
};

const TOGETHER = 2_000;

/** Scores attention over components by both losses, or by the exact one alone. */
export async function scoreMixture(
  parameters: Arrays,
  { upper, lower }: Halves,
  {
    backend,
    signal,
    exactOnly = false,
  }: { readonly backend: Backend; readonly signal: AbortSignal; readonly exactOnly?: boolean },
): Promise<HalfNats> {
  const keys = parameters.bias!.length;
  const layer = mixtureAttention({ width: upper.cols, keys, values: HALF });
  let [nats, marginalNats] = [0, 0];
  for (let from = 0; from < upper.rows; from += TOGETHER) {
    const to = Math.min(upper.rows, from + TOGETHER);
    const [queries, y] = [partOf(upper, from, to), partOf(lower, from, to)] as const;
    const share = (to - from) / upper.rows;
    nats += share * layer.marginalLoss(parameters, queries, y, { backend }).loss;
    if (!exactOnly) marginalNats += share * layer.meanLoss(parameters, queries, y, { backend }).loss;
    // Signals are heard between two passes.
    await setImmediate();
    signal.throwIfAborted();
  }
  return { nats, marginalNats };
}

function partOf({ data, cols }: Float64Rows, from: number, to: number): Float64Rows {
  return { data: data.subarray(from * cols, to * cols), rows: to - from, cols };
}
