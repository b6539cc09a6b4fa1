import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { identify } from './identity.mjs';

const NAME = 'mixtention-native.json';

/**
 * Note beside an addon that has been seen to load: where it came from, and what it and its libraries are known by.
 *
 * It lies in the checkout, not in the cache: who can write to the cache cannot forge it.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {{ source: string, tensorflow: string, files: Files }} facts `files` as `describe` gave them when they were verified
 * @returns {Promise<void>}
 * @typedef {[string, string | undefined][]} Files paths and identities
 */
export async function writeStamp(tfjsNode, stamp) {
  const aside = `${stampPath(tfjsNode)}.${randomUUID()}`; // renamed, since copied checkouts may share files
  try {
    await writeFile(aside, `${JSON.stringify(stamp, null, 2)}\n`);
    await rename(aside, stampPath(tfjsNode));
  } catch {
    await rm(aside, { force: true }).catch(() => {}); // without it each start looks again
  }
}

/**
 * The note, and whether the addon and its libraries are still the ones it was written for; undefined when there is none.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @returns {Promise<{ source: string, tensorflow: string, fresh: boolean } | undefined>}
 */
export async function readStamp(tfjsNode) {
  try {
    const { source, tensorflow, files } = JSON.parse(await readFile(stampPath(tfjsNode), 'utf8'));
    return { source, tensorflow, fresh: JSON.stringify(files) === JSON.stringify(await describe(tfjsNode)) };
  } catch {
    return undefined;
  }
}

/** @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode */
export const removeStamp = (tfjsNode) => rm(stampPath(tfjsNode), { force: true });

/**
 * What the addon and all libraries beside it are known by, through symbolic links, so that a change in the cache shows.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @returns {Promise<Files>}
 */
export async function describe({ addonPath, libraryFolder }) {
  const names = await readdir(libraryFolder).catch(() => []);
  const paths = [addonPath, ...names.sort().map((name) => join(libraryFolder, name))];
  return Promise.all(paths.map(async (path) => [path, (await identify(path)) ?? 'missing']));
}

const stampPath = ({ addonPath }) => join(dirname(addonPath), NAME);
