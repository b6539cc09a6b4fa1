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
 * The same for a task of the bench package. What it does not take is refused before anything is set up.
 *
 * @param {string} task
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, RegExp>>} [flags]  what it takes: names, and what their values look like
 * @returns {Promise<number>}
 * @throws {Error} in one sentence, with exit code 2, for anything else
 */
export async function runBenchTask(task, args, flags = {}) {
  const mistake = findMistake(args, flags);
  if (mistake !== null) {
    const names = Object.keys(flags).join(' and ') || 'no arguments';
    const heeded = 'environment variables such as MIXTENTION_DATA and MIXTENTION_NATIVE are what it heeds';
    throw Object.assign(new Error(`${mistake} came, but ${task} takes ${names}; ${heeded}`), { exitCode: 2 });
  }
  return runTask(task, ['--filter=@mixtention/bench'], args);
}

/** The first argument that is no known flag with its value, or null. */
function findMistake(args, flags) {
  for (let i = 0; i < args.length; i++) {
    const [name, own] = args[i].split(/=(.*)/s);
    const looks = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (looks === undefined) return `"${args[i]}"`;
    const value = own ?? args[++i];
    if (value === undefined || !looks.test(value))
      return value === undefined ? `"${name}" alone` : `"${name} ${value}"`;
  }
  return null;
}
