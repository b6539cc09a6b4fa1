import { constants, existsSync } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildAddon, compiledFiles, compilerForAddon, holdsCompiled, keepCompiled } from './build-addon.mjs';
import { fetchLibrary } from './fetch-library.mjs';
import { isLinked, linkBuild, unlinkBuild } from './link-build.mjs';
import { loadAddon } from './load-addon.mjs';
import { withLock } from './lock.mjs';
import { removeHalfDone, runOwnInstaller } from './own-installer.mjs';
import { damageOfFolder } from './pinned-files.mjs';
import { wheelMismatch } from './platform.mjs';
import { describe, readStamp, writeStamp } from './stamp.mjs';

/**
 * The ways to a working addon, in order. Each resolves to what it found, to undefined when it does not apply,
 * and throws one sentence when it was tried in vain.
 *
 * @type {readonly (readonly [string, (job: Job) => Promise<Found | undefined>])[]}
 * @typedef {{ source: string, tensorflow: string }} Found
 * @typedef {{
 *   tfjsNode: import('./tfjs-node.mjs').TfjsNode,
 *   paths: ReturnType<typeof import('./context.mjs').nativePaths>,
 *   recipe: typeof import('./pins.mjs').tensorflowWheel,
 *   context: any,
 *   isFetched?: boolean,
 * }} Job `isFetched` is for the advice: whether the library in the cache was found to be the pinned one
 */
export const ways = [
  ['present', fromPresent],
  ['cache', fromCache],
  ['wheel', fromWheel],
  ['installer', fromInstaller],
];

/**
 * What was hashed when it was linked, and is the same file still, is taken at its word where that is enough (`quick`); else it must load.
 * What has changed since is taken out of the checkout before anything else. An addon that is not ours is the user's own, and is tried.
 */
async function fromPresent({ tfjsNode, recipe, context }) {
  if (context.force) return undefined;
  const stamp = await readStamp(tfjsNode);
  const isOurs = ['cache', 'wheel'].includes(stamp?.source) || (await isLinked(tfjsNode, recipe));
  if (isOurs && !stamp?.fresh) await unlinkBuild(tfjsNode, recipe);
  const isWhole = !isOurs || existsSync(join(tfjsNode.libraryFolder, compiledFiles.quiet)); // older set-ups had none
  if (!existsSync(tfjsNode.addonPath) || !isWhole || (isOurs && context.verify)) return undefined;
  if (stamp?.fresh && context.quick) return { source: stamp.source, tensorflow: stamp.tensorflow };
  return accept(tfjsNode, stamp?.source ?? 'present', context);
}

/** Pinned libraries in the cache, and an addon that was compiled here before. */
async function fromCache(job) {
  const { paths, recipe, context } = job;
  if (context.force || !existsSync(paths.build)) return undefined;
  const damage = await damageOfFolder(paths.build, recipe, { full: false });
  if (damage !== undefined) context.log(`tfjs-node: the cached library is not used: ${damage}`);
  if (damage !== undefined || !holdsCompiled(paths.compiled)) return undefined;
  return link(job, 'cache', paths.compiled);
}

/** Compile the addon, after filling the cache where any file of it is not the pinned one. */
async function fromWheel(job) {
  const { paths, recipe, context } = job;
  const mismatch = wheelMismatch();
  if (mismatch !== undefined) throw new Error(mismatch);
  const damage = await damageOfFolder(paths.build, recipe, { full: true, signal: context.signal });
  job.isFetched = damage === undefined;
  const compiler = await compilerForAddon(context); // missing tools are named before 274 MB are downloaded
  const isReady = damage === undefined && !context.force;
  if (isReady && !(await isWritable(paths.cacheDir))) return compileAndLink(job, compiler);
  return locked(job, async (waited) => {
    const others = waited && (await fromCache(job).catch(() => undefined));
    if (others) return others;
    if (isReady) return compileAndLink(job, compiler);
    await fetchLibrary(paths.build, recipe, context);
    try {
      return await compileAndLink(job, compiler);
    } catch (error) {
      await rm(paths.build, { recursive: true, force: true }); // 850 MB that serve no one
      throw error;
    }
  });
}

async function compileAndLink(job, compiler) {
  const { tfjsNode, paths, recipe, context } = job;
  const work = await mkdtemp(join(tmpdir(), 'mixtention-addon-'));
  try {
    const compiled = await buildAddon(compiler, { tfjsNode, build: paths.build, recipe }, work, context);
    const found = await link(job, 'wheel', compiled);
    await keepCompiled(compiled, paths.compiled);
    return found;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Only when asked for by name: it downloads a library and an addon and checks no hash. */
async function fromInstaller(job) {
  const { tfjsNode, context } = job;
  if (!context.vendorInstaller) return undefined;
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
  let waited = false;
  const onWait = ({ pid }) => {
    waited = true;
    context.log(`tfjs-node: another set-up (process ${pid}) is at work; waiting for it`);
  };
  try {
    return await withLock(paths.lock, () => task(waited), { signal: context.signal, onWait });
  } catch (error) {
    const where = error.path ?? paths.cacheDir;
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes(error.code)) throw error;
    const advice = where.startsWith(dirname(paths.cacheDir)) ? '; MIXTENTION_CACHE names another folder' : '';
    throw new Error(`${where} cannot be written (${error.code})${advice}`);
  }
}

const isWritable = (folder) =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );

async function link({ tfjsNode, paths, recipe, context }, source, compiled) {
  context.log('tfjs-node: checking the hashes of the cached library (a few seconds)');
  await linkBuild(tfjsNode, { build: paths.build, compiled }, recipe, context.signal);
  return accept(tfjsNode, source, context);
}

/** The proof of every way: the addon loads in a process of its own and multiplies two matrices; and it is the same still after that. */
async function accept(tfjsNode, source, { env, signal }) {
  const files = await describe(tfjsNode);
  const answer = await loadAddon(tfjsNode.folder, { env, signal });
  if (!answer.loads) throw new Error(`the addon does not load (${answer.reason})`);
  await writeStamp(tfjsNode, { source, tensorflow: answer.tensorflow, files });
  return { source, tensorflow: answer.tensorflow };
}
