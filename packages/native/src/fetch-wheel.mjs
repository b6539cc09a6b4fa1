import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from './hash-file.mjs';
import { lastWords, run } from './run.mjs';
import { watchGrowth } from './watch-growth.mjs';

const STALL_MS = 5 * 60_000; // longer than pip's own retries at its usual time-out

/**
 * Download the wheel with pip, from whatever index pip has been configured with, and verify its hash.
 *
 * @param {readonly string[]} pip program and arguments
 * @param {string} folder where to put it; pip's temporary files go there too
 * @param {typeof import('./pins.mjs').tensorflowWheel} recipe
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal, progress: (label: string, done: number, total: number) => void }} options
 * @returns {Promise<string>} path of the wheel
 * @throws {Error} in one sentence, when pip has no such file or another one than was pinned
 */
export async function fetchWheel(pip, folder, recipe, { env, signal, progress }) {
  const temporary = join(folder, 'pip');
  await mkdir(temporary, { recursive: true });
  const label = 'downloading the TensorFlow library with pip';
  const watch = watchGrowth(folder, {
    onBytes: (bytes) => progress(label, Math.min(bytes, recipe.bytes), recipe.bytes),
    stallMs: STALL_MS,
    signal,
  });
  try {
    await download(pip, folder, recipe, pipEnvironment(env, temporary), watch.signal);
  } finally {
    watch.stop();
  }
  return verify(folder, recipe, signal);
}

async function download([program, ...args], folder, recipe, env, signal) {
  const choice = ['--no-deps', '--only-binary=:all:', ...recipe.tags];
  const manner = ['--no-cache-dir', '--progress-bar', 'off', '--no-input'];
  const answer = await run(program, [...args, 'download', ...manner, ...choice, '--dest', folder, recipe.requirement], {
    env,
    signal,
  });
  if (answer.code !== 0) throw new Error(`pip could not download ${recipe.requirement} (${lastWords(answer)})`);
}

/** 274 MB need not stay in pip's cache as well, nor pass through a small /tmp. */
function pipEnvironment(env, temporary) {
  return { ...env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: '0' };
}

async function verify(folder, recipe, signal) {
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw new Error('pip reported success but left no wheel');
  const path = join(folder, name);
  const { size } = await stat(path);
  if (size !== recipe.bytes || (await hashFile(path, signal)) !== recipe.sha256)
    throw new Error(`${name} is not the file that was pinned (size or SHA-256 differs), so it was not used`);
  return path;
}
