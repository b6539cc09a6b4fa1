/** The least number of steps from `window` on that is whole epochs: steps of two such windows can see the same rows, pair by pair. */
export function wholeEpochs(window: number, batches: number): number {
  return batches * Math.ceil(window / batches);
}
