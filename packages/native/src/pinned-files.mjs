import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from './hash-file.mjs';
import { identify } from './identity.mjs';

/**
 * Every file that the cache holds, each with its size and hash: the libraries, and the headers below `include`.
 *
 * @param {typeof import('./pins.mjs').tensorflowWheel} recipe
 * @returns {{ name: string, member: string, bytes: number, sha256: string }[]}
 */
export const pinnedFiles = ({ libraries, headers, includeRoot }) => [
  ...libraries,
  ...headers.map(({ name, ...pin }) => ({ name: `include/${name}`, member: includeRoot + name, ...pin })),
];

/**
 * Why a folder of the cache is not what was pinned, in a clause; undefined when it is. Nothing that lies in the folder is asked.
 *
 * `full` hashes every file (850 MB: 1 to 4 seconds); else only sizes are looked at, which is no proof.
 *
 * @param {string} folder
 * @param {typeof import('./pins.mjs').tensorflowWheel} recipe
 * @param {{ full: boolean, signal?: AbortSignal }} options
 * @returns {Promise<string | undefined>}
 */
export async function damageOfFolder(folder, recipe, { full, signal }) {
  for (const { name, ...pin } of pinnedFiles(recipe)) {
    const damage = await (full ? damageOf : wrongSize)(join(folder, name), pin, signal);
    if (damage !== undefined) return `${name} ${damage}`;
  }
  return undefined;
}

/**
 * Why a file is not the one that was pinned, in a clause; undefined when it is.
 *
 * @param {string} path
 * @param {{ bytes: number, sha256: string }} pin
 * @param {AbortSignal} [signal]
 * @returns {Promise<string | undefined>}
 */
export async function damageOf(path, pin, signal) {
  const before = await identify(path);
  const wrong = await wrongSize(path, pin);
  if (wrong !== undefined) return wrong;
  if ((await hashFile(path, signal)) !== pin.sha256) return 'is not the pinned file: its SHA-256 does not match';
  return (await identify(path)) === before ? undefined : 'changed while it was read';
}

async function wrongSize(path, { bytes }) {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'is missing';
  return found.size === bytes ? undefined : `has ${found.size} bytes instead of ${bytes}`;
}
