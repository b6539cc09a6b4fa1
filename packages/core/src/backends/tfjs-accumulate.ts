import { fail } from '../base/errors.ts';
import type { Accumulated, AccumulateOptions, Accumulation, FillResponsibilities } from '../contracts/index.ts';
import { addGiven } from '../kernel/given-tile.ts';
import { sumsLength } from '../kernel/statistics.ts';
import type { Tf } from './tf.ts';
import type { TensorRows } from './tfjs-rows.ts';
import { padComponents } from './tfjs-scores.ts';
import { tensorSums } from './tfjs-sums.ts';
import { weightUnit } from './weight-unit.ts';

/** `accumulate` on tensors: counts, weight and entropy are summed here, where responsibilities come, and products there. */
export function tensorAccumulate(
  tf: Tf,
  rows: readonly TensorRows[],
  { components: K, stands }: Accumulation,
  fill: FillResponsibilities,
  { rowWeights, cancel, turn }: AccumulateOptions & { readonly turn: boolean },
): Accumulated {
  const padded = padComponents(K);
  const parts = stands.map(({ statistics: { squares } }, t) => {
    const { cols: width, stride } = rows[t]!;
    const sums = tensorSums(tf, { K, width, squares, pivots: null, stride, turn });
    return { sums, total: new Float64Array(sumsLength(squares, width, K)) };
  });
  const mostRows = Math.min(...parts.map(({ sums }) => sums.mostRows));
  const cut = rows.map((own) => own.tiles(mostRows));
  const given = { counts: new Float64Array(K), weight: 0, entropy: 0 };
  const addTile = (i: number): void => {
    const { start, count } = cut[0]![i]!;
    const R = new Float32Array(count * K);
    fill(start, count, R);
    const w = rowWeights?.subarray(start, start + count) ?? null;
    const unit = w === null ? 1 : weightUnit(w);
    addGiven(R, count, w, given);
    const wide = new Float32Array(count * padded);
    const counts = new Float64Array(K);
    for (let n = 0; n < count; n++) {
      const scale = w === null ? 1 : w[n]! / unit;
      for (let k = 0; k < K; k++) counts[k]! += wide[n * padded + k] = scale * R[n * K + k]!;
    }
    const tensor = tf.tensor2d(wide, [count, padded]);
    parts.forEach(({ sums, total }, t) => {
      sums.add(cut[t]![i]!, tensor, counts, unit, total);
    });
  };
  try {
    for (let i = 0; i < cut[0]!.length; i++) {
      if (cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
      tf.tidy(() => addTile(i));
    }
  } finally {
    for (const { sums } of parts) sums.dispose();
  }
  return { ...given, sums: parts.map(({ total }) => total), precision: 'float32' };
}
