/** What a mixture was worth on validation rows after some iterations, nats a row. */
export type Mark = { readonly iterations: number; readonly validation: number };

/**
 * The fewest iterations after which no later mark is better by more than `within` nats a row than this one.
 *
 * @param marks  by increasing iterations, at least one
 */
export function chooseIterations(marks: readonly Mark[], within: number): number {
  const best = Math.max(...marks.map(({ validation }) => validation));
  return marks.find(({ validation }) => validation >= best - within)!.iterations;
}
