import type { Settled } from './options.ts';

/** How much time a fit has left, and whether it was asked to stop. */
export type Pace = {
  /** Milliseconds; 0 once it was asked to stop. */
  left(): number;
  isStopped(): boolean;
  /**
   * A signal for one run: it fires when the fit is aborted, or asked to stop while the run has something to show.
   *
   * @param mayStop  whether a stop may interrupt a pass now
   */
  signal(mayStop: () => boolean): { readonly signal: AbortSignal; cut(): void; release(): void };
  /** Fires the signals of all runs. */
  cutAll(): void;
};

/** @param seconds  that the fit has taken so far */
export function paceOf(
  { budgetMs, signal, stopSignal }: Pick<Settled, 'budgetMs' | 'signal' | 'stopSignal'>,
  seconds: () => number,
): Pace {
  const running = new Set<() => void>();
  const isStopped = (): boolean => stopSignal?.aborted === true;
  return {
    isStopped,
    left: () => (isStopped() ? 0 : Math.max(0, budgetMs - 1000 * seconds())),
    signal(mayStop) {
      const controller = new AbortController();
      const abort = (): void => controller.abort(signal?.reason);
      const stop = (): void => {
        if (mayStop()) controller.abort();
      };
      if (signal?.aborted) abort();
      if (isStopped()) stop();
      const cut = (): void => controller.abort();
      running.add(cut);
      signal?.addEventListener('abort', abort);
      stopSignal?.addEventListener('abort', stop);
      return {
        signal: controller.signal,
        cut,
        release() {
          running.delete(cut);
          signal?.removeEventListener('abort', abort);
          stopSignal?.removeEventListener('abort', stop);
        },
      };
    },
    cutAll: () => {
      for (const cut of running) cut();
    },
  };
}
