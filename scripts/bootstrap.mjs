import { createHash } from 'node:crypto';
import { constants, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpKernel, setUpTfjsNode } from '../packages/native/src/index.mjs';
import { withLock } from '../packages/native/src/lock.mjs';
import { run } from '../packages/native/src/run.mjs';
import { dependenciesMatch, installDependencies } from './dependencies.mjs';
import { createReporter } from './reporter.mjs';
import { turboEnvironment, turboRun } from './turbo.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * All set-up of a checkout, in plain Node before any dependency exists: dependencies, native kernel, tfjs-node, build.
 *
 * Each step says in one line what it does and is left out when there is nothing to do. Two checkouts, or two commands in one, may
 * be set up at once: the second waits for the first.
 *
 * @param {{ quick?: boolean, retry?: boolean, verify?: boolean, force?: boolean, vendorInstaller?: boolean }} [options] passed on to the native set-up
 * @returns {Promise<{ native: import('../packages/native/src/index.mjs').TfjsNodeReport, env: NodeJS.ProcessEnv }>}
 * @throws {Error} in one sentence
 */
export async function bootstrap(options = {}) {
  makeFoldersAbsolute(process.env);
  const { log, progress } = createReporter();
  const interrupted = new AbortController();
  const onSignal = (name) =>
    interrupted.abort(Object.assign(new Error('interrupted'), { exitCode: 128 + constants.signals[name] }));
  for (const name of SIGNALS) process.on(name, onSignal);
  const context = { log, progress, signal: interrupted.signal };
  const onWait = ({ pid }) => log(`another set-up of this checkout (process ${pid}) is at work; waiting for it`);
  try {
    return await withLock(lockPath(), () => steps(options, context), { signal: interrupted.signal, onWait });
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}

/** Folders and files are named from where the person is; npm, turbo and the tasks each move elsewhere. */
export function makeFoldersAbsolute(env) {
  for (const name of ['MIXTENTION_CACHE', 'MIXTENTION_DATA', 'TABLE']) {
    if (env[name]) env[name] = resolve(env.INIT_CWD ?? process.cwd(), env[name]);
  }
}

/** Run a command's body; a failure is one sentence on stderr, with the stack only when `MIXTENTION_DEBUG` asks for it. */
export async function runCommand(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    process.stderr.write(`mixtention · ${process.env.MIXTENTION_DEBUG ? error.stack : error.message}\n`);
    process.exitCode = error.exitCode ?? 1;
  }
}

async function steps(options, context) {
  await dependencies(context);
  const kernel = await setUpKernel({ quick: true, ...options, ...context, root });
  context.log(kernel.sentence);
  const native = await setUpTfjsNode({ quick: true, ...options, ...context, root, command: 'npm run setup' });
  context.log(native.sentence);
  const env = turboEnvironment(native, kernel);
  await build(env, context);
  return { native, env };
}

async function dependencies({ log, signal }) {
  if (dependenciesMatch(root)) return log('dependencies: in place');
  log('dependencies: installing with `npm ci` (some seconds to a minute)');
  await installDependencies(root, { signal });
}

async function build(env, { log, signal }) {
  const started = performance.now();
  log('build: `turbo run build` (about half a minute the first time)');
  const answer = await run(...turboRun(root, ['build']), { cwd: root, env, signal });
  if (answer.code !== 0) {
    process.stderr.write(`${answer.stdout}${answer.stderr}\n`);
    throw new Error('the build failed; its own message is above');
  }
  log(`build: ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Outside the checkout, because `npm ci` empties node_modules; one for each user and checkout. */
function lockPath() {
  const name = createHash('sha256')
    .update(`${process.getuid?.() ?? ''}:${root}`)
    .digest('hex')
    .slice(0, 16);
  return join(tmpdir(), `mixtention-setup-${name}.lock`);
}
