import type { BackendName, Status } from '../contracts/index.ts';

/** What each status tells the user. */
export const statusSentences: { readonly [S in 'running' | Status]: string } = {
  running: 'still running',
  converged: 'by the rate at which gains die away, no more than the tolerance is left to gain',
  stopped: 'the limit of iterations or time came first: raise maxIterations or the budget, or loosen the tolerance',
  diverged:
    'the objective fell or became NaN: lower the learning rate, use a prior, or run on the plain float64 backend',
  degenerate:
    'some components own no data or collapsed onto single rows: use fewer components, a prior, or other starts',
};

/** Of a run that converged since a step in float64 gave back the state that came in. */
export const unchanged = 'a step in float64 changes nothing any more';

/** Of a run that converged since its gains are within the rounding of float64. */
export const level = 'float64 shows no gain any more';

/**
 * Of a run that stopped since float32 shows no more of it.
 *
 * @param gain  what is left, a row (nats)
 */
export function sunk(backend: BackendName, gain: number): string {
  return [
    `what is left to gain, about ${gain.toPrecision(1)} nats a row, is less than the rounding of float32 (${backend}) shows,`,
    'and finding it in float64 would take longer than the run has taken: run on the plain backend, or loosen the tolerance',
  ].join(' ');
}
