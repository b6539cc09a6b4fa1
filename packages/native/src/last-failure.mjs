import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findProgram } from './find-program.mjs';

const KEPT_MS = 24 * 3600 * 1000;

/**
 * The reasons of a set-up that failed within the last day in the same situation, so that not every start waits for
 * a network that is not there; undefined when it is worth trying again.
 *
 * @param {string} path
 * @param {string} situation what decides whether another try could end otherwise
 * @returns {Promise<{ time: number } & Failure | undefined>}
 * @typedef {{ reasons: { way: string, reason: string }[], isFetched: boolean }} Failure
 */
export async function recallFailure(path, situation) {
  try {
    const failure = JSON.parse(await readFile(path, 'utf8'));
    const isRecent = Math.abs(Date.now() - failure.time) < KEPT_MS;
    return isRecent && failure.situation === situation ? failure : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} path @param {string} situation @param {Failure} failure */
export async function rememberFailure(path, situation, failure) {
  const aside = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, `${JSON.stringify({ time: Date.now(), situation, ...failure }, null, 2)}\n`);
    await rename(aside, path);
  } catch {
    await rm(aside, { force: true }).catch(() => {}); // a cache that cannot be written only costs the next start its time
  }
}

/** @param {string} path */
export const forgetFailure = (path) => rm(path, { force: true }).catch(() => {});

/** The tools on the PATH, and where pip looks. @param {NodeJS.ProcessEnv} env @returns {string[]} */
export function tools(env) {
  const programs = ['python3', 'python', 'pip3', 'pip', 'g++', 'c++', 'clang++'].map(
    (name) => findProgram([name], env) ?? '',
  );
  const settings = ['PYTHON', 'CXX', 'PIP_INDEX_URL', 'PIP_FIND_LINKS', 'TFJS_NODE_CDN_STORAGE', 'TFJS_NODE_BASE_URI'];
  return [...programs, ...settings.map((name) => env[name] ?? '')];
}
