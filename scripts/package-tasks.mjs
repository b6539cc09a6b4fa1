import { bootstrap, root } from './bootstrap.mjs';
import { foreground } from './foreground.mjs';
import { turboRun } from './turbo.mjs';

/**
 * Set-up, then a task of turbo in this terminal, with the environment as it is; resolves to the exit code.
 *
 * turbo hands a task no terminal but passes whole lines on at once, so the task is told the width of ours in `MIXTENTION_TERMINAL` and
 * may redraw lines that end in a newline. Tasks go one after the other: some measure time.
 *
 * @param {string} task
 * @param {readonly string[]} filters  `--filter=PACKAGE` as turbo means it
 * @param {readonly string[]} [args]   for the task itself
 * @returns {Promise<number>}
 */
export async function runTask(task, filters, args = []) {
  const { env } = await bootstrap();
  const terminal = process.stdout.isTTY ? { MIXTENTION_TERMINAL: String(process.stdout.columns || 80) } : {};
  const manner = ['--only', '--concurrency=1', '--log-prefix=none', '--env-mode=loose'];
  const more = args.length > 0 ? ['--', ...args] : [];
  return foreground(...turboRun(root, [task, ...filters, ...manner, ...more]), {
    cwd: root,
    env: { ...env, ...terminal },
  });
}

/**
 * The same for a task of the bench package. Its programs take no arguments.
 *
 * @param {string} task
 * @param {readonly string[]} surplus  arguments that came all the same
 * @returns {Promise<number>}
 * @throws {Error} in one sentence, with exit code 2, when there are any
 */
export async function runBenchTask(task, surplus) {
  if (surplus.length > 0) {
    const heeded = 'environment variables such as MIXTENTION_DATA and MIXTENTION_NATIVE are what it heeds';
    throw Object.assign(new Error(`"${surplus[0]}" came, but ${task} takes no arguments; ${heeded}`), { exitCode: 2 });
  }
  return runTask(task, ['--filter=@mixtention/bench']);
}
