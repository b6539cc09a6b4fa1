import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MixtentionError } from '@mixtention/core';

/** A running scikit-learn that does one EM iteration at a time. */
export type ScikitLearn = {
  readonly version: string;
  /** Seconds of one iteration in float64. */
  iterate(covariance: 'full' | 'diag', components: number): Promise<number>;
  close(): void;
};

/** Starts the peer on a matrix in an .npy file. */
export async function startScikitLearn(python: string, matrixPath: string): Promise<ScikitLearn> {
  const script = fileURLToPath(new URL('../src/peers/scikit_learn.py', import.meta.url));
  const child = spawn(python, [script, matrixPath], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new MixtentionError('PEER_UNAVAILABLE', '[bench] peers: scikit-learn ended before it answered');
    return value;
  };
  const version = await answer();
  return {
    version,
    async iterate(covariance, components) {
      child.stdin.write(`${covariance} ${components}\n`);
      return Number(await answer());
    },
    close: () => void child.stdin.end(),
  };
}
