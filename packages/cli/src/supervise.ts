import { type ChildProcess, fork } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a process may still take to leave everything as it was. */
const GRACE_MS = 5000;
/** Signals this close are one: npx passes on what the terminal has sent to everybody already. */
const SAME_MS = 300;

/**
 * Runs a script in a process of its own, with the same streams, and returns its exit code.
 *
 * The first signal is passed on; after 5 s, or at the second, the process is killed: JavaScript that computes hears no signal.
 *
 * @returns code of the script; 130 when a signal ended it, 128 + n when signal n did and nobody here asked for it
 */
export async function supervise(script: string, args: readonly string[]): Promise<number> {
  // With the same streams, and a channel that carries nothing: when it closes the child knows that this process is gone.
  const child = fork(script, args);
  const stop = stopper(child);
  for (const name of SIGNALS) process.on(name, stop.hear);
  const { code, signal, error } = await ended(child);
  stop.done();
  if (error !== undefined) return say(`the process that does the work cannot be started: ${error.message}`, 1);
  if (signal === null) return code ?? 1;
  if (stop.isAsked()) return say('interrupted', 130);
  const why = signal === 'SIGKILL' ? ', as the system does when memory runs out' : '';
  return say(`ended by ${signal}${why}`, 128 + constants.signals[signal]);
}

type Stopper = { hear(signal: NodeJS.Signals): void; isAsked(): boolean; done(): void };

function stopper(child: ChildProcess): Stopper {
  let askedAt: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  return {
    hear(signal) {
      if (askedAt === null) {
        askedAt = performance.now();
        timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        // On Windows the console tells every process itself, and kill would end the child at once.
        if (process.platform !== 'win32') child.kill(signal);
      } else if (performance.now() - askedAt > SAME_MS) child.kill('SIGKILL');
    },
    isAsked: () => askedAt !== null,
    done: () => clearTimeout(timer),
  };
}

type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error?: Error };

function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function say(sentence: string, code: number): number {
  // The line may hold progress.
  const clear = process.stderr.isTTY ? '\r\u001b[2K' : '';
  process.stderr.write(`${clear}mixtention: ${sentence}\n`);
  return code;
}
