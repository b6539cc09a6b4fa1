import { printable } from '@mixtention/files';

/** Work during which the model, which is a program, may end the process or wait for what never comes: then that is said, and it is no success. */
export async function watched<Result>(
  model: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  let isIdle = false;
  // Of a process that has nothing left to do; one that is ended goes without it.
  const idle = (): void => {
    isIdle = true;
  };
  const tell = (code: number): void => {
    if (signal.aborted) return;
    const why = isIdle ? 'waits for what never comes' : `ended the process with code ${code}`;
    process.stderr.write(`mixtention: ${printable(model)}: ${why}, before there was a result\n`);
    process.exitCode = code || 1;
  };
  process.once('beforeExit', idle).once('exit', tell);
  try {
    return await work();
  } finally {
    process.off('beforeExit', idle).off('exit', tell);
  }
}
