import { setImmediate } from 'node:timers/promises';

/**
 * Runs work that Ctrl-C (SIGINT), SIGTERM, SIGHUP or the end of the parent process cancels, so that it can leave everything as it was.
 *
 * Further signals change nothing: a terminal sends them to every process, and the parent passes them on. It also ends a process that
 * does not stop (see supervise.ts).
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  // They stay: one that comes late must not spoil the exit code.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, interrupt);
  process.on('disconnect', interrupt);
  // Listening to the parent is no reason to live on.
  process.channel?.unref();
  return work(controller.signal);
}

/** Gives the event loop a turn, in which a signal is heard, and throws when one has come: after long work that does not wait for anything. */
export async function listen(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
