import { fail, show } from '@mixtention/core/base';
import type { AttentionReading } from './types.ts';

/** Refuses a log prior that is no number below +∞. */
export function checkSink(where: string, sink: number | undefined): number | null {
  if (sink === undefined || sink === Number.NEGATIVE_INFINITY) return null;
  if (typeof sink === 'number' && Number.isFinite(sink)) return sink;
  return fail(where, 'BAD_OPTION', `the sink is ${show(sink)}, a finite log prior or −∞ was due`);
}

/**
 * A reading to which one component more is added, of score s for every query and value 0: exact, from what was read.
 *
 *     L′ = log(e^L + e^s)     r₀ = e^(s − L′)     o′ = (1 − r₀) o     between′ = (1 − r₀) between + r₀ (1 − r₀) o²
 *
 * In place. Cost: N·V, and N·K where responsibilities were wanted.
 */
export function addSink(reading: AttentionReading, sink: number): AttentionReading {
  const { output, logEvidence, responsibilities, variance } = reading;
  const nullShare = new Float64Array(logEvidence.length);
  for (let n = 0; n < logEvidence.length; n++) {
    const L = logEvidence[n]!;
    const [high, low] = L > sink ? [L, sink] : [sink, L];
    const all = high + Math.log1p(Math.exp(low - high));
    const own = Math.exp(L - all);
    const none = Math.exp(sink - all);
    logEvidence[n] = all;
    nullShare[n] = none;
    for (let i = n * output.cols; i < (n + 1) * output.cols; i++) {
      if (variance !== undefined) {
        variance.within.data[i]! *= own;
        variance.between.data[i] = own * variance.between.data[i]! + none * own * output.data[i]! ** 2;
        variance.total.data[i] = variance.within.data[i]! + variance.between.data[i]!;
      }
      output.data[i]! *= own;
    }
    if (responsibilities !== undefined)
      for (let i = n * responsibilities.cols; i < (n + 1) * responsibilities.cols; i++)
        responsibilities.data[i]! *= own;
  }
  return { ...reading, nullShare };
}
