/**
 * Runs work that Ctrl-C (SIGINT) or SIGTERM cancels: the first signal aborts it, so that it can leave everything as it was; a second one
 * ends the process at once.
 *
 * @returns what the work returns, or 130 when it was interrupted before it could fail by itself
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
