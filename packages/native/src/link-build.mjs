import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Put a cached build where tfjs-node looks for it: links to the large libraries, a copy of the small addon.
 *
 * A symbolic link where it can be made, else a hard link, else a copy. Each appears by rename, so two runs at once do no harm.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {string} build folder of the cache
 * @param {readonly { name: string }[]} libraries
 * @returns {Promise<void>}
 */
export async function linkBuild({ addonPath, libraryFolder }, build, libraries) {
  await mkdir(libraryFolder, { recursive: true });
  await mkdir(dirname(addonPath), { recursive: true });
  for (const { name } of libraries)
    await place(join(build, name), join(libraryFolder, name), [symlink, link, copyFile]);
  await place(join(build, 'tfjs_binding.node'), addonPath, [copyFile]);
}

async function place(source, target, ways) {
  const aside = `${target}.${randomUUID()}`;
  try {
    await firstThatWorks(ways, source, aside);
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
