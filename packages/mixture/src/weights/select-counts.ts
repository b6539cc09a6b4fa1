/** Counts of chosen components: `order[k]` is the old index of the new component k; one that comes m times gives each an m-th of its count. */
export function selectCounts(counts: Float64Array, order: readonly number[]): Float64Array {
  const times = new Float64Array(counts.length);
  for (const old of order) times[old]!++;
  return Float64Array.from(order, (old) => counts[old]! / times[old]!);
}
