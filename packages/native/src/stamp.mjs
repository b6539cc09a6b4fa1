import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const NAME = 'mixtention-native.json';

/**
 * Note beside an addon that has been seen to load: where it came from, and sizes and times of it and of its libraries.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {{ source: string, tensorflow: string }} facts
 * @returns {Promise<void>}
 */
export async function writeStamp(tfjsNode, { source, tensorflow }) {
  const stamp = { source, tensorflow, files: await describe(tfjsNode) };
  await writeFile(stampPath(tfjsNode), `${JSON.stringify(stamp, null, 2)}\n`).catch(() => {}); // without it each start looks again
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
    const now = await describe(tfjsNode).catch(() => undefined);
    return { source, tensorflow, fresh: JSON.stringify(files) === JSON.stringify(now) };
  } catch {
    return undefined;
  }
}

const stampPath = ({ addonPath }) => join(dirname(addonPath), NAME);

/** Through symbolic links, so that an emptied cache shows. */
async function describe({ addonPath, libraryFolder }) {
  const names = await readdir(libraryFolder).catch(() => []);
  const paths = [addonPath, ...names.sort().map((name) => join(libraryFolder, name))];
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return [path, size, mtimeMs];
    }),
  );
}
