import { type Backend, type BackendName, inline, type Matrix, MixtentionError } from '@mixtention/core';
import { backendNames, loadBackend } from '@mixtention/core/threads';
import { type Fit, fit } from '@mixtention/em';
import { TWO_COMPONENTS } from './known.ts';
import { largestFall } from './largest-fall.ts';
import type { BackendStarts } from './results.ts';

const SEEDS = 10;
/** Nats: every backend meets the published digits, since fits finish in float64. */
const WITHIN = 1e-6;
/** Nats a row. */
const LEFT = 1e-10;

/** Fits one and two full components on every backend that this machine has, from ten single starts. */
export async function startOnBackends(
  x: Matrix,
  { show, signal }: { readonly show: (text: string) => void; readonly signal: AbortSignal },
): Promise<BackendStarts[]> {
  const all: BackendStarts[] = [];
  for (const name of backendNames) {
    const backend = await available(name);
    if (backend === null) continue;
    show(name);
    const run = (components: number, seed: number): Promise<Fit> =>
      fit(x, { components, seed, screen: 0, tolerance: LEFT, executor: inline(backend), signal });
    const fits: Fit[] = [];
    for (let seed = 0; seed < SEEDS; seed++) fits.push(await run(2, seed));
    all.push(summarize(name, fits, await run(1, 0)));
  }
  return all;
}

function summarize(backend: BackendName, fits: readonly Fit[], one: Fit): BackendStarts {
  const twoComponents = fits.map(({ logLikelihood }) => logLikelihood);
  return {
    backend,
    tolerance: WITHIN,
    oneComponent: one.logLikelihood,
    twoComponents,
    reached: twoComponents.filter((value) => Math.abs(value - TWO_COMPONENTS) <= WITHIN).length,
    largestFall: Math.max(...fits.map(({ trace }) => largestFall(trace))),
  };
}

/** The backend, or null where it cannot be had here. */
async function available(name: BackendName): Promise<Backend | null> {
  try {
    return await loadBackend(name);
  } catch (error) {
    if (error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE') return null;
    throw error;
  }
}
