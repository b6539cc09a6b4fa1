import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findProgram } from './find-program.mjs';

const KEPT_MS = 24 * 3600 * 1000;

/**
 * The reasons of a set-up that failed within the last day on a machine with the same tools, so that not every start waits for
 * a network that is not there; undefined when it is worth trying again.
 *
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ time: number, reasons: { way: string, reason: string }[] } | undefined>}
 */
export async function recallFailure(path, env) {
  try {
    const failure = JSON.parse(await readFile(path, 'utf8'));
    const isRecent = Math.abs(Date.now() - failure.time) < KEPT_MS;
    return isRecent && failure.tools === tools(env) ? failure : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} path @param {NodeJS.ProcessEnv} env @param {{ way: string, reason: string }[]} reasons */
export async function rememberFailure(path, env, reasons) {
  const aside = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, `${JSON.stringify({ time: Date.now(), tools: tools(env), reasons }, null, 2)}\n`);
    await rename(aside, path);
  } catch {
    await rm(aside, { force: true }).catch(() => {}); // a cache that cannot be written only costs the next start its time
  }
}

/** @param {string} path */
export const forgetFailure = (path) => rm(path, { force: true }).catch(() => {});

/** What decides whether another try could end otherwise: the tools on the PATH and where pip looks. */
function tools(env) {
  const programs = ['python3', 'python', 'pip3', 'pip', 'g++', 'c++', 'clang++'].map(
    (name) => findProgram([name], env) ?? '',
  );
  const settings = ['PYTHON', 'CXX', 'PIP_INDEX_URL', 'PIP_FIND_LINKS', 'TFJS_NODE_CDN_STORAGE', 'TFJS_NODE_BASE_URI'];
  return [...programs, ...settings.map((name) => env[name] ?? '')].join('|');
}
