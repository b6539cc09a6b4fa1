import type { Job } from './protocol.ts';

/** A worker that still works when a cancel is once to twice as old is given up. */
const OBEY_MS = 3000;

type Watched = Pick<Job, 'begunAt' | 'flag'> & { readonly worker: number };

/**
 * Calls `late` once a worker has been on one shard, or on its way to the first, for too long, or does not obey a cancel.
 *
 * @param since  when it was asked (ms since the epoch)
 * @returns what ends it
 */
export function watchShards(
  { begunAt, worker, flag }: Watched,
  { since, timeoutMs, late }: { readonly since: number; readonly timeoutMs: number; readonly late: () => void },
): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let wasCancelled = false;
  const wait = (ms: number): void => {
    timer = setTimeout(look, Math.max(0, Math.min(ms, OBEY_MS)));
    // Node need not stay for it; timers of pages are numbers.
    (timer as { unref?(): void }).unref?.();
  };
  const look = (): void => {
    const isCancelled = Atomics.load(flag, 0) !== 0;
    const left = Math.max(since, Number(Atomics.load(begunAt, worker))) + timeoutMs - Date.now();
    if (left <= 0 || (isCancelled && wasCancelled)) late();
    else wait(left);
    wasCancelled = isCancelled;
  };
  wait(timeoutMs);
  return () => clearTimeout(timer);
}
