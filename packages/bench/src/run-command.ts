import { MixtentionError } from '@mixtention/core';

/**
 * Runs the body of a command and sets the exit code: 0, 2 for what one sentence can explain, 130 after Ctrl-C.
 *
 * The first SIGINT or SIGTERM aborts the signal, so that the body can leave everything as it was; the second ends the process at once.
 */
export async function runCommand(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await body(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) console.error('interrupted');
    else if (error instanceof MixtentionError) console.error(error.message);
    else throw error;
    process.exitCode = 2;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (controller.signal.aborted) process.exitCode = 130;
  }
}
