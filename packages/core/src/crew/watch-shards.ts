import type { Job } from './protocol.ts';

/** A worker that still works when a cancel is once to twice as old is given up. */
const OBEY_MS = 3000;

export type Watched = Pick<Job, 'begunAt' | 'flag'> & {
  readonly worker: number;
  /** When it was asked (ms since the epoch) */
  readonly since: number;
};

/** What looks at one worker now and then. */
export type Watch = { begin(watched: Watched): void; end(): void };

/**
 * Calls `late` once a worker has been on one shard, or on its way to the first, for too long, or does not obey a cancel.
 *
 * What is watched comes and goes with every pass, the timer stays: it looks once more than it need, and then ends.
 */
export function openWatch(timeoutMs: number, late: () => void): Watch {
  let own: Watched | null = null;
  let wasCancelled = false;
  let isSet = false;
  const wait = (ms: number): void => {
    isSet = true;
    const timer = setTimeout(look, Math.max(0, Math.min(ms, OBEY_MS)));
    // Node need not stay for it; timers of pages are numbers.
    (timer as { unref?(): void }).unref?.();
  };
  const look = (): void => {
    isSet = false;
    if (own === null) return;
    const { flag, begunAt, worker, since } = own;
    const isCancelled = Atomics.load(flag, 0) !== 0;
    const left = Math.max(since, Number(Atomics.load(begunAt, worker))) + timeoutMs - Date.now();
    if (left <= 0 || (isCancelled && wasCancelled)) late();
    else wait(left);
    wasCancelled = isCancelled;
  };
  return {
    begin(watched) {
      own = watched;
      wasCancelled = false;
      if (!isSet) wait(timeoutMs);
    },
    end() {
      own = null;
    },
  };
}
