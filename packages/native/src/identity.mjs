import { stat } from 'node:fs/promises';

/**
 * What a file is known by between two looks at it: inode, size, times of content and of status, behind symbolic links.
 *
 * The time of status cannot be set by a program, so a file that was written to differs even where size and time of content were put back.
 * Costs one system call.
 *
 * @param {string} path
 * @returns {Promise<string | undefined>} undefined when there is no such file
 */
export async function identify(path) {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}
