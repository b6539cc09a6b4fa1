import type { Executor } from '@mixtention/core';
import { TIMES_PLAIN, timesPlain } from '@mixtention/core/backends';

/** N, K and statistic width P. */
type Problem = { readonly rows: number; readonly components: number; readonly width: number };

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
  const native = seconds / timesPlain('native', workOf(problem));
  const wasm = seconds / timesPlain('wasm', workOf(problem));
  if (seconds - Math.min(native, seconds / TWO_WORKERS) < LEAST_SAVED) return null;
  const { rows, components, width } = problem;
  return [
    `this fit took ${shown(seconds)} in one thread of the plain backend; with executor: await openExecutor({ problem: { rows: ${rows}, components: ${components},`,
    `width: ${width} } }) of @mixtention/core/threads about ${shown(native)} were due on native, ${shown(wasm)} on wasm and ${shown(seconds / TWO_WORKERS)} on two threads of plain`,
    `(measured: native is ${TIMES_PLAIN.small.native} to ${TIMES_PLAIN.large.native} times as fast as plain from 0.8 to 245 million multiply-adds a pass, wasm ${TIMES_PLAIN.small.wasm} to ${TIMES_PLAIN.large.wasm},`,
    `two threads ${TWO_WORKERS} times as fast as one; a pass of this fit is ${(workOf(problem) / 1e6).toPrecision(2)} million)`,
  ].join(' ');
}

function workOf({ rows, components, width }: Problem): number {
  return rows * components * width;
}

function shown(seconds: number): string {
  return `${seconds >= 10 ? seconds.toFixed(0) : seconds.toFixed(1)} s`;
}

function isNode(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}
