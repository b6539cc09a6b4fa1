import { setImmediate } from 'node:timers/promises';

/**
 * Runs work that Ctrl-C (SIGINT) or SIGTERM cancels: the first signal aborts it, so that it can leave everything as it was; a second one
 * ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Gives the event loop a turn, in which a signal is heard, and throws when one has come: after long work that does not wait for anything. */
export async function listen(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
