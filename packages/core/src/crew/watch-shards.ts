import type { Posted } from './protocol.ts';

/** A worker that still works when a cancel is once to twice as old is given up. */
const OBEY_MS = 3000;

/** A signal that fires once a worker has been on one shard, or on its way to the first, for too long, or does not obey a cancel. */
export function watchShards(
  { begunAt, worker, flag }: Pick<Posted, 'begunAt' | 'worker' | 'flag'>,
  timeoutMs: number,
): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const given = Date.now();
  let timer: ReturnType<typeof setTimeout>;
  let wasCancelled = false;
  const wait = (ms: number): void => {
    timer = setTimeout(look, Math.min(ms, OBEY_MS));
    // Node need not stay for it; timers of pages are numbers.
    (timer as { unref?(): void }).unref?.();
  };
  const look = (): void => {
    const isCancelled = Atomics.load(flag, 0) !== 0;
    const left = Math.max(given, Number(Atomics.load(begunAt, worker))) + timeoutMs - Date.now();
    if (left <= 0 || (isCancelled && wasCancelled)) controller.abort();
    else wait(left);
    wasCancelled = isCancelled;
  };
  wait(timeoutMs);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
