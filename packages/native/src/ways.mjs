import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { buildFromWheel, filesOf } from './build-from-wheel.mjs';
import { linkBuild } from './link-build.mjs';
import { loadAddon } from './load-addon.mjs';
import { withLock } from './lock.mjs';
import { checkManifest } from './manifest.mjs';
import { removeHalfDone, runOwnInstaller } from './own-installer.mjs';
import { tensorflowWheel } from './pins.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

/**
 * The ways to a working addon, in order. Each resolves to what it found, to undefined when it does not apply,
 * and throws one sentence when it was tried in vain.
 *
 * @type {readonly (readonly [string, (job: Job) => Promise<Found | undefined>])[]}
 * @typedef {{ source: string, tensorflow: string }} Found
 * @typedef {{ tfjsNode: import('./tfjs-node.mjs').TfjsNode, paths: ReturnType<typeof import('./context.mjs').nativePaths>, context: any }} Job
 */
export const ways = [
  ['present', fromPresent],
  ['cache', fromCache],
  ['wheel', fromWheel],
  ['installer', fromInstaller],
];

/** An addon that has been seen to load is known by its stamp; one of unknown origin is tried. */
async function fromPresent({ tfjsNode, context }) {
  if (context.force) return undefined;
  const stamp = await readStamp(tfjsNode);
  if (stamp?.fresh && !context.verify) return { source: stamp.source, tensorflow: stamp.tensorflow };
  const isCached = stamp?.source === 'cache' || stamp?.source === 'wheel'; // then the cache knows its hashes
  if (isCached || !existsSync(tfjsNode.addonPath)) return undefined;
  return accept(tfjsNode, stamp?.source ?? 'present', context);
}

async function fromCache(job) {
  const { paths, context } = job;
  if (context.force) return undefined;
  const reason = await damage(paths.build, context);
  if (reason === undefined) return link(job, 'cache');
  if (existsSync(paths.build)) context.log(`native backend: the cached build is not used: ${reason}`);
  return undefined;
}

async function fromWheel(job) {
  const { tfjsNode, paths, context } = job;
  return locked(job, async () => {
    const made = context.force || (await damage(paths.build, context)) !== undefined;
    if (made) await buildFromWheel(paths.build, tfjsNode, tensorflowWheel, context);
    try {
      return await link(job, made ? 'wheel' : 'cache');
    } catch (error) {
      if (made) await rm(paths.build, { recursive: true, force: true }); // 850 MB that serve no one
      throw error;
    }
  });
}

async function fromInstaller(job) {
  const { tfjsNode, context } = job;
  return locked(job, async () => {
    await runOwnInstaller(tfjsNode, context);
    try {
      return await accept(tfjsNode, 'installer', context);
    } catch (error) {
      await removeHalfDone(tfjsNode.folder);
      throw error;
    }
  });
}

async function locked({ paths, context }, task) {
  const onWait = ({ pid }) => context.log(`native backend: another set-up (process ${pid}) is at work; waiting for it`);
  try {
    return await withLock(paths.lock, task, { signal: context.signal, onWait });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes(error.code)) throw error;
    throw new Error(
      `${error.path ?? paths.cacheDir} cannot be written (${error.code}); MIXTENTION_CACHE names another folder`,
    );
  }
}

/** Why a cached build is not to be used; the libraries must also be the pinned ones, whatever the manifest says. */
async function damage(build, { verify, signal }) {
  const check = await checkManifest(build, { full: verify, signal });
  if (!check.ok) return check.reason;
  const hashes = new Map(check.manifest.files.map(({ name, sha256 }) => [name, sha256]));
  const isStrange = ({ name, sha256 }) => !hashes.has(name) || (sha256 !== undefined && hashes.get(name) !== sha256);
  const strange = filesOf(tensorflowWheel).find(isStrange);
  return strange && `${strange.name} is not the pinned one`;
}

async function link({ tfjsNode, paths, context }, source) {
  await linkBuild(tfjsNode, paths.build, tensorflowWheel.libraries);
  return accept(tfjsNode, source, context);
}

/** The proof of every way: the addon loads in a process of its own and multiplies two matrices. */
async function accept(tfjsNode, source, { env, signal }) {
  const answer = await loadAddon(tfjsNode.folder, { env, signal });
  if (!answer.loads) throw new Error(`the addon does not load (${answer.reason})`);
  await writeStamp(tfjsNode, { source, tensorflow: answer.tensorflow });
  return { source, tensorflow: answer.tensorflow };
}
