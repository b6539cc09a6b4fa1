import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compiledFiles } from './build-addon.mjs';
import { damageOf } from './pinned-files.mjs';
import { removeStamp } from './stamp.mjs';

/**
 * Put cached libraries and the compiled addon where tfjs-node looks for them: links to the large libraries, copies of what was compiled.
 *
 * A symbolic link where it can be made, else a hard link, else a copy. What was put there is hashed before it gets its name (850 MB:
 * 1 to 4 seconds); each appears by rename, so two runs at once do no harm.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {{ build: string, compiled: string }} from folder of the cache, and folder of what was compiled
 * @param {typeof import('./pins.mjs').tensorflowWheel} recipe
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 * @throws {Error} in one sentence, when a library is not the pinned one; then nothing of the build is left in the checkout
 */
export async function linkBuild(tfjsNode, { build, compiled }, { libraries }, signal) {
  const { addonPath, libraryFolder } = tfjsNode;
  await mkdir(libraryFolder, { recursive: true });
  await mkdir(dirname(addonPath), { recursive: true });
  try {
    for (const { name, ...pin } of libraries) {
      const check = async (path) => {
        const damage = await damageOf(path, pin, signal);
        if (damage !== undefined) throw new Error(`${name} in the cache ${damage}`);
      };
      await place(join(build, name), join(libraryFolder, name), [symlink, link, copyFile], check);
    }
    const unchecked = async () => {};
    await place(join(compiled, compiledFiles.quiet), join(libraryFolder, compiledFiles.quiet), [copyFile], unchecked);
    await place(join(compiled, compiledFiles.addon), addonPath, [copyFile], unchecked);
  } catch (error) {
    await unlinkBuild(tfjsNode, { libraries });
    throw error;
  }
}

/**
 * Take a linked build out of a checkout, so that nobody loads it. A process that runs on it keeps its files.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {Pick<typeof import('./pins.mjs').tensorflowWheel, 'libraries'>} recipe
 * @returns {Promise<void>}
 */
export async function unlinkBuild(tfjsNode, { libraries }) {
  await rm(tfjsNode.addonPath, { force: true });
  await removeStamp(tfjsNode);
  for (const name of [...libraries.map((library) => library.name), compiledFiles.quiet])
    await rm(join(tfjsNode.libraryFolder, name), { force: true });
}

/**
 * Whether libraries from the cache lie in a checkout; they go by other names than those of the vendor.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {Pick<typeof import('./pins.mjs').tensorflowWheel, 'libraries'>} recipe
 * @returns {Promise<boolean>}
 */
export async function isLinked({ libraryFolder }, { libraries }) {
  const there = await readdir(libraryFolder).catch(() => []);
  return libraries.some(({ name }) => there.includes(name));
}

async function place(source, target, ways, check) {
  const aside = `${target}.${randomUUID()}`;
  try {
    await firstThatWorks(ways, source, aside);
    await check(aside);
    await rename(aside, target);
  } finally {
    await rm(aside, { force: true });
  }
}

async function firstThatWorks([way, ...others], source, target) {
  try {
    await way(source, target);
  } catch (error) {
    if (others.length === 0) throw error;
    await firstThatWorks(others, source, target);
  }
}
