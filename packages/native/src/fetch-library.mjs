import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fetchWheel } from './fetch-wheel.mjs';
import { pinnedFiles } from './pinned-files.mjs';
import { bytesNeeded } from './pins.mjs';
import { findPip } from './tools.mjs';
import { extractZipMember, readZipDirectory } from './zip.mjs';

/**
 * Fill a folder of the cache: download the wheel, which must be the pinned one, and unpack libraries and headers.
 *
 * Everything happens in a folder beside the target, which takes its name only when complete. Call it under the target's lock.
 *
 * @param {string} target folder of the cache
 * @param {typeof import('./pins.mjs').tensorflowWheel} recipe
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal, progress: (label: string, done: number, total: number) => void }} context
 * @returns {Promise<void>}
 * @throws {Error} in one sentence
 */
export async function fetchLibrary(target, recipe, context) {
  const pip = await findPip(context);
  if (pip === undefined)
    throw new Error('fetching the TensorFlow library needs Python 3 with pip, which was not found here');
  await mkdir(dirname(target), { recursive: true });
  await removeLeftovers(target);
  const work = await mkdtemp(`${target}.work-`);
  try {
    await checkRoom(work);
    const wheel = await fetchWheel(pip.command, work, recipe, context);
    const output = join(work, 'build');
    await unpack(wheel, pinnedFiles(recipe), output, context);
    context.signal?.throwIfAborted();
    await publish(output, target, work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkRoom(folder) {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytesNeeded) return;
  const [has, needs] = [bavail * bsize, bytesNeeded].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  throw new Error(`building the native addon needs ${needs} of disk and ${dirname(folder)} has ${has}`);
}

async function unpack(wheel, files, output, { signal, progress }) {
  const members = await readZipDirectory(wheel);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const { name, member, bytes } of files) {
    if (!members.has(member)) throw new Error(`the wheel lacks ${member}`);
    const onBytes = (done) => progress('unpacking the TensorFlow library', before + done, total);
    await extractZipMember(wheel, members.get(member), join(output, name), { signal, onBytes });
    before += bytes;
  }
}

/** A damaged build is moved out of the way, not emptied in place: a process that runs on it keeps its files. */
async function publish(output, target, work) {
  await rename(target, join(work, 'old')).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(output, target);
}

/** Only a killed set-up leaves any, and the lock says that none is at work. */
async function removeLeftovers(target) {
  const folder = dirname(target);
  const left = (await readdir(folder)).filter((name) => name.startsWith(`${basename(target)}.work-`));
  for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
}
