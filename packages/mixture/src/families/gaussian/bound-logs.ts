/**
 * Keeps conditional variances 1/a² at the floor or above, by bounding log a.
 *
 * @param logs   free numbers
 * @param which  indices of those that are log a; left out, all are
 * @returns the bounded numbers, and the indices of those that were moved
 */
export function boundLogs(
  logs: Float64Array,
  floor: number,
  which: Iterable<number> = logs.keys(),
): { readonly logs: Float64Array; readonly moved: readonly number[] } {
  const most = -0.5 * Math.log(floor);
  const bounded = logs.slice();
  const moved: number[] = [];
  for (const at of which) {
    if (!(bounded[at]! > most)) continue;
    bounded[at] = most;
    moved.push(at);
  }
  return { logs: bounded, moved };
}
