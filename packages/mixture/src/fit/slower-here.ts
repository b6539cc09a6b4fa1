import type { Executor } from '@mixtention/core';
import { type Problem, storedThreads } from '@mixtention/core/plan';

/** Seconds that are not worth a word. */
const LEAST_SAVED = 1;

/**
 * What a fit in one thread would have taken on two, with the rate that this is made of; null where nothing is to be gained, or where there are no
 * threads of Node, as in a page.
 */
export function slowerHere(
  { rows, components, width, squares = 'none' }: Problem,
  seconds: number,
  { workers }: Executor,
): string | null {
  const { two } = storedThreads;
  if (workers > 0 || !isNode() || seconds - seconds / two < LEAST_SAVED) return null;
  const products = squares === 'none' ? '' : `, squares: '${squares}'`;
  return [
    `this fit took ${shown(seconds)} in one thread; with executor: await openExecutor({ problem: { rows: ${rows}, components: ${components},`,
    `width: ${width}${products} } }) of @mixtention/core/threads about ${shown(seconds / two)} were due on two (measured: two threads are ${two} times as fast as one)`,
  ].join(' ');
}

function shown(seconds: number): string {
  return `${seconds >= 10 ? seconds.toFixed(0) : seconds.toFixed(1)} s`;
}

function isNode(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}
