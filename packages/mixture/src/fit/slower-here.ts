import type { Executor } from '@mixtention/core';

/** N, K and statistic width P. */
type Problem = { readonly rows: number; readonly components: number; readonly width: number };

/**
 * How many times as fast as plain a pass is, by its multiply–adds N·K·P: on one thread of an AMD EPYC with AVX2. The lower end is 3,000 × 8, K = 4, full;
 * the upper 60,000 × 32, K = 64, diagonal (full covariances, K = 16, gain 22 and 6 times). Between them the ratios grow as a power of the size.
 */
const MEASURED = {
  small: { work: 0.8e6, native: 1.2, wasm: 1.4 },
  large: { work: 245e6, native: 30, wasm: 9 },
} as const;

/** What a second worker thread makes of one: `npm run bench:speed`, three families. */
const TWO_WORKERS = 1.7;

/** Seconds that are not worth a word. */
const LEAST_SAVED = 1;

/**
 * What a fit in one thread of the plain backend would have taken elsewhere, with the rates that this is made of; null where nothing is to be gained, or
 * where there are no threads, as in a page.
 */
export function slowerHere(problem: Problem, seconds: number, { backend, workers }: Executor): string | null {
  if (backend !== 'plain' || workers > 0 || !isNode()) return null;
  const native = seconds / ratio('native', problem);
  const wasm = seconds / ratio('wasm', problem);
  if (seconds - Math.min(native, seconds / TWO_WORKERS) < LEAST_SAVED) return null;
  const { rows, components, width } = problem;
  return [
    `this fit took ${shown(seconds)} in one thread of the plain backend; with executor: await openExecutor({ problem: { rows: ${rows}, components: ${components},`,
    `width: ${width} } }) of @mixtention/core/threads about ${shown(native)} were due on native, ${shown(wasm)} on wasm and ${shown(seconds / TWO_WORKERS)} on two threads of plain`,
    `(measured: native is ${MEASURED.small.native} to ${MEASURED.large.native} times as fast as plain from 0.8 to 245 million multiply-adds a pass, wasm ${MEASURED.small.wasm} to ${MEASURED.large.wasm},`,
    `two threads ${TWO_WORKERS} times as fast as one; a pass of this fit is ${(millions(problem)).toPrecision(2)} million)`,
  ].join(' ');
}

/** Along the straight line between the two measurements, both in logarithms; no further than they reach. */
function ratio(backend: 'native' | 'wasm', { rows, components, width }: Problem): number {
  const { small, large } = MEASURED;
  const along = Math.log((rows * components * width) / small.work) / Math.log(large.work / small.work);
  return small[backend] * (large[backend] / small[backend]) ** Math.max(0, Math.min(1, along));
}

function millions({ rows, components, width }: Problem): number {
  return (rows * components * width) / 1e6;
}

function shown(seconds: number): string {
  return `${seconds >= 10 ? seconds.toFixed(0) : seconds.toFixed(1)} s`;
}

function isNode(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}
