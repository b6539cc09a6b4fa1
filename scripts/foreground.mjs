import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Run a program in the foreground and resolve to its exit code; 130 when interrupted, 143 when asked to end.
 *
 * A Ctrl-C reaches the program by itself, so this process only waits for it to finish; other endings are passed on. What the program
 * makes of them does not count: turbo ends with 0 after an interrupt.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onText?: (text: string) => void }} [options] `onText` is told what goes to stdout
 * @returns {Promise<number>}
 */
export function foreground(command, args, { cwd, env, onText } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['inherit', onText ? 'pipe' : 'inherit', 'inherit'] });
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      onText(text);
    });
    let ended;
    const pass = (name) => () => {
      ended ??= name;
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name);
    };
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [name, pass(name)]);
    for (const [name, handler] of handlers) process.on(name, handler);
    const release = () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    };
    child.once('error', reject).once('error', release);
    child.once('close', (code, killedBy) => {
      release();
      const name = ended ?? killedBy;
      resolve(name ? 128 + constants.signals[name] : code);
    });
  });
}
