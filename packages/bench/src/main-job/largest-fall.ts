import type { TracePoint } from '@mixtention/mixture';

/** The largest fall of the objective in one step, relative to its size: 0 where it only ever rose. */
export function largestFall(trace: readonly TracePoint[]): number {
  let most = 0;
  for (let i = 1; i < trace.length; i++) {
    const before = trace[i - 1]!.objective;
    most = Math.max(most, (before - trace[i]!.objective) / Math.abs(before));
  }
  return most;
}
