import { spawn } from 'node:child_process';

const TAIL = 64 * 1024; // enough of the output to find the line that says what went wrong

/**
 * Run a program to its end and keep the tail of what it said; never throws for a failing program.
 *
 * An abort ends the program and rejects with the signal's reason; a time-out ends it and sets `timedOut`.
 * `inherit` hands over the terminal; `merge` sends the program's output to our stderr.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, timeoutMs?: number, inherit?: boolean | 'stderr' }} [options]
 * @returns {Promise<{ code: number | null, killedBy: string | null, stdout: string, stderr: string, timedOut: boolean, missing: boolean }>}
 */
export function run(command, args, { cwd, env = process.env, signal, timeoutMs, inherit = false } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stdio = inherit === 'stderr' ? ['ignore', 2, 2] : inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env, stdio, windowsHide: true });
    const output = { stdout: '', stderr: '' };
    let timedOut = false;
    for (const name of ['stdout', 'stderr']) {
      child[name]?.setEncoding('utf8').on('data', (text) => {
        output[name] = (output[name] + text).slice(-TAIL);
      });
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => (timedOut = true) && end(child), timeoutMs);
    const onAbort = () => end(child);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (code, killedBy, missing) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code, killedBy, ...output, timedOut, missing });
    };
    child.once('error', () => settle(null, null, true));
    child.once('close', (code, killedBy) => settle(code, killedBy, false));
  });
}

/** The line of a program's output that names the trouble, for use in a sentence. */
export function lastWords({ stdout, stderr }) {
  const lines = `${stdout}\n${stderr}`.split(/\r?\n/).map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !/^(WARNING|DEPRECATION|\[notice\]|at )/i.test(line));
  const signs = [/^(\w*Error|ERROR|npm error).*\w/, /\berror:|no module named/i, /./];
  const line = signs.map((sign) => said.filter((text) => sign.test(text)).at(-1)).find((text) => text !== undefined);
  return (line ?? 'it said nothing').replace(/^(\w*Error|ERROR|npm error):? /, '').slice(0, 300);
}

function end(child) {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
}
