import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileKernel, kernelVersion } from './compile-kernel.mjs';
import { nativeIsOff } from './context.mjs';
import { kernelFile, kernelFolder, readKernelPackage, writeKernelPackage } from './kernel-package.mjs';
import { forgetFailure, recallFailure, rememberFailure, tools } from './last-failure.mjs';
import { loadKernel } from './load-kernel.mjs';
import { fetchNodeHeaders, findNodeHeaders } from './node-headers.mjs';
import { stateDirectory } from './state-directory.mjs';
import { findCompiler } from './tools.mjs';

/**
 * Make the native kernel usable: a package of this platform that is installed; what was compiled here before from the same sources; or a new
 * build (3 to 6 seconds).
 *
 * Never fails: where there is no compiler the report says that WebAssembly is used. Only an abort rejects. Types and options: `index.d.mts`.
 */
export async function setUpKernel({
  root = process.cwd(),
  env = process.env,
  log = () => {},
  signal,
  quick = false,
  retry = false,
  force = false,
} = {}) {
  const started = performance.now();
  const report = await attempt(root, { env, log, signal, quick, retry: retry || force, force }).catch((error) => {
    signal?.throwIfAborted();
    return missing('unavailable', error.message);
  });
  return { ...report, seconds: (performance.now() - started) / 1000 };
}

async function attempt(root, context) {
  if (nativeIsOff(context.env)) return missing('off', 'MIXTENTION_NATIVE=off');
  const folder = await kernelFolder(root);
  if (folder === undefined) return missing('absent', '@mixtention/core is not installed');
  const version = await kernelVersion();
  const found = context.force ? undefined : await readKernelPackage(folder);
  const isPackage = found !== undefined && found.version === undefined;
  if (isPackage || found?.version === version) {
    if (context.quick && !isPackage) return ready('present', found.path, version);
    const answer = await loadKernel(found.path, context);
    if (answer.loads) return ready(isPackage ? 'package' : 'present', found.path, version, answer);
  }
  return fromCompiled(folder, version, context);
}

/** What was compiled before, or is now. */
async function fromCompiled(folder, version, context) {
  const kept = join(stateDirectory(context.env), 'native', `kernel-${version}`, kernelFile);
  if (existsSync(kept) && !context.force) {
    const path = await writeKernelPackage(folder, kept, version);
    const answer = await loadKernel(path, context);
    if (answer.loads) return ready('kept', path, version, answer);
  }
  const failure = `${dirname(kept)}.failed.json`;
  const situation = tools(context.env).join('|');
  const known = context.retry ? undefined : await recallFailure(failure, situation);
  if (known !== undefined) throw new Error(`${known.reasons[0].reason}; it is not tried again for a day`);
  try {
    const found = await build(folder, { version, kept }, context);
    await forgetFailure(failure);
    return found;
  } catch (error) {
    context.signal?.throwIfAborted();
    const reasons = [{ way: 'compiler', reason: error.message }];
    await rememberFailure(failure, situation, { reasons, isFetched: false });
    throw error;
  }
}

async function build(folder, { version, kept }, context) {
  if (process.platform === 'win32') throw new Error('it is not compiled on Windows');
  const compiler = await findCompiler(context);
  if (compiler === undefined) throw new Error('compiling it needs a C++ compiler, which was not found here');
  const work = await mkdtemp(join(tmpdir(), 'mixtention-kernel-'));
  try {
    const nodeHeaders = findNodeHeaders(context.env) ?? (await fetchNodeHeaders(join(work, 'node'), context));
    context.log('native kernel: compiling it (3 to 6 seconds)');
    const output = join(work, kernelFile);
    await compileKernel(compiler.command, { nodeHeaders, work, output }, context);
    const answer = await loadKernel(output, context);
    if (!answer.loads) throw new Error(`it does not load (${answer.reason})`);
    await keep(output, kept);
    return ready('built', await writeKernelPackage(folder, output, version), version, answer);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** For other checkouts; where that cannot be written, they compile their own. */
async function keep(output, kept) {
  const aside = `${kept}.${process.pid}`;
  try {
    await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
    await copyFile(output, aside);
    await rename(aside, kept);
  } catch {
    await rm(aside, { force: true }).catch(() => {});
  }
}

const ORIGIN = {
  package: 'of its package',
  present: 'found in place',
  kept: 'compiled here before',
  built: 'compiled here',
};

const ready = (source, path, version, answer) => ({
  status: 'ready',
  source,
  path,
  version,
  sentence: `native kernel: ${answer === undefined ? '' : `${answer.sets.join(', ')}, `}${ORIGIN[source]}`,
});

/** What running without it means, in a clause. */
export const costOfNoKernel = 'WebAssembly is used instead, which takes two to four times as long';

const missing = (status, reason) => ({
  status,
  source: null,
  path: null,
  version: null,
  sentence: `native kernel: ${costOfNoKernel}. Why: ${reason}.`,
});
