import type { Executor } from '@mixtention/core';

/** N, K and statistic width P. */
type Problem = { readonly rows: number; readonly components: number; readonly width: number };

/** What a second worker thread makes of one: `npm run bench:speed`, three families. */
const TWO_WORKERS = 1.7;

/** Seconds that are not worth a word. */
const LEAST_SAVED = 1;

/**
 * What a fit in one thread would have taken on two, with the rate that this is made of; null where nothing is to be gained, or where there are no
 * threads of Node, as in a page.
 */
export function slowerHere(
  { rows, components, width }: Problem,
  seconds: number,
  { workers }: Executor,
): string | null {
  if (workers > 0 || !isNode() || seconds - seconds / TWO_WORKERS < LEAST_SAVED) return null;
  return [
    `this fit took ${shown(seconds)} in one thread; with executor: await openExecutor({ problem: { rows: ${rows}, components: ${components},`,
    `width: ${width} } }) of @mixtention/core/threads about ${shown(seconds / TWO_WORKERS)} were due on two (measured: two threads are ${TWO_WORKERS} times as fast as one)`,
  ].join(' ');
}

function shown(seconds: number): string {
  return `${seconds >= 10 ? seconds.toFixed(0) : seconds.toFixed(1)} s`;
}

function isNode(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}
