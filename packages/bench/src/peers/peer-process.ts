import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MixtentionError, type Precision } from '@mixtention/core';

/** A program that does one EM iteration, or some steps of variational inference, at a time, on request. */
export type PeerProcess = {
  /** Name and version, by its own account. */
  readonly version: string;
  /** The log-likelihood a row after one iteration (`check`), or the seconds of one iteration (`time`), both from the start; see `serve.py` and `numpyro_steps.py`. */
  ask(what: 'check' | 'time', id: string, precision: Precision): Promise<number>;
  close(): void;
};

/** They choose old OpenBLAS kernels where they are set, and slow a current NumPy. */
const UNSET = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

/**
 * Starts a program that speaks as `serve.py` says.
 *
 * @param name  what it is called when something is wrong
 * @throws PEER_UNAVAILABLE with the last line that it wrote on stderr, when it ends before it answers
 */
export async function startPeer(
  name: string,
  command: readonly [program: string, ...args: string[]],
  { threads }: { readonly threads: number },
): Promise<PeerProcess> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'pipe', env: environment(threads) });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-10_000);
  });
  child.on('error', ({ message }) => {
    complaint = message;
  });
  // Writing to a process that has ended is told by the line that it owes.
  child.stdin.on('error', () => {});
  const answer = async (): Promise<{ version?: string; value?: number; error?: string }> => {
    const { value, done } = await lines.next();
    if (done) unavailable(name, complaint.trim().split('\n').at(-1) || 'it ended without a word');
    return JSON.parse(value);
  };
  const { version } = await answer();
  return {
    version: version!,
    async ask(what, id, precision) {
      child.stdin.write(`${what} ${id} ${precision}\n`);
      const { value, error } = await answer();
      if (error !== undefined) unavailable(name, error);
      return value!;
    },
    close: () => void child.stdin.end(),
  };
}

function environment(threads: number): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of UNSET) delete env[name];
  for (const name of ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS']) env[name] = String(threads);
  return env;
}

function unavailable(name: string, reason: string): never {
  throw new MixtentionError('PEER_UNAVAILABLE', `[bench] peers: ${name} gave no answer: ${reason}`);
}
