import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compileAddon } from './compile-addon.mjs';
import { fetchWheel } from './fetch-wheel.mjs';
import { writeManifest } from './manifest.mjs';
import { fetchNodeHeaders, findNodeHeaders } from './node-headers.mjs';
import { bytesNeeded } from './pins.mjs';
import { wheelMismatch } from './platform.mjs';
import { findCompiler, findPip } from './tools.mjs';
import { extractZipMember, readZipDirectory } from './zip.mjs';

/**
 * Make a build in the cache: download the wheel, unpack what is needed, compile the addon, write the manifest.
 *
 * Everything happens in a folder beside the target, which takes its name only when complete. Call it under the target's lock.
 *
 * @param {string} target folder of the cache
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {typeof import('./pins.mjs').tensorflowWheel} recipe
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal, log: (line: string) => void, progress: (label: string, done: number, total: number) => void }} context
 * @returns {Promise<void>}
 * @throws {Error} in one sentence
 */
export async function buildFromWheel(target, tfjsNode, recipe, context) {
  const tools = await findTools(context);
  await removeLeftovers(target);
  const work = await mkdtemp(`${target}.work-`);
  try {
    await checkRoom(work);
    const headers = findNodeHeaders(context.env) ?? (await fetchNodeHeaders(join(work, 'node'), context));
    const wheel = await fetchWheel(tools.pip, work, recipe, context);
    const output = join(work, 'build');
    await unpack(wheel, recipe, output, join(work, 'include'), context);
    await rm(wheel);
    const includeFolders = [headers, join(work, 'include')];
    await compile(tools.compiler, { tfjsNode, recipe, output, includeFolders }, context);
    await writeManifest(output, filesOf(recipe), versionsOf(tfjsNode, recipe), context.signal);
    context.signal?.throwIfAborted();
    await publish(output, target, work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {typeof import('./pins.mjs').tensorflowWheel} recipe */
export const filesOf = ({ libraries }) => [
  ...libraries.map(({ name, sha256 }) => ({ name, sha256 })),
  { name: 'tfjs_binding.node' },
];

/** All that can be known to be missing is said before 274 MB are downloaded. */
async function findTools({ env, signal }) {
  const mismatch = wheelMismatch();
  if (mismatch !== undefined) throw new Error(mismatch);
  const pip = await findPip({ env, signal });
  const compiler = await findCompiler({ env, signal });
  const missing = [pip ? '' : 'Python 3 with pip', compiler ? '' : 'a C++ compiler'].filter(Boolean);
  if (missing.length > 0) throw new Error(`building the native addon needs ${missing.join(' and ')}, not found here`);
  return { pip: pip.command, compiler: compiler.command };
}

async function checkRoom(folder) {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytesNeeded) return;
  const [has, needs] = [bavail * bsize, bytesNeeded].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  throw new Error(`building the native addon needs ${needs} of disk and ${dirname(folder)} has ${has}`);
}

async function unpack(wheel, { libraries, headers, includeRoot }, output, include, { signal, progress }) {
  const members = await readZipDirectory(wheel);
  const wanted = [
    ...libraries.map(({ name, member }) => ({ member, target: join(output, name) })),
    ...headers.map((name) => ({ member: includeRoot + name, target: join(include, name) })),
  ].map(({ member, target }) => ({ member: members.get(member) ?? missing(member), target }));
  const total = wanted.reduce((sum, { member }) => sum + member.bytes, 0);
  let before = 0;
  for (const { member, target } of wanted) {
    const onBytes = (bytes) => progress('unpacking the TensorFlow library', before + bytes, total);
    await extractZipMember(wheel, member, target, { signal, onBytes });
    before += member.bytes;
  }
}

function missing(member) {
  throw new Error(`the wheel lacks ${member}`);
}

async function compile(compiler, { tfjsNode, recipe, output, includeFolders }, { env, signal, log }) {
  log('native backend: compiling the addon (10 to 20 seconds)');
  const parts = {
    packageFolder: tfjsNode.folder,
    libraries: recipe.libraries.map(({ name }) => join(output, name)),
    includeFolders,
    output: join(output, 'tfjs_binding.node'),
  };
  await compileAddon(compiler, parts, { env, signal });
}

const versionsOf = (tfjsNode, recipe) => ({ tfjsNode: tfjsNode.version, tensorflow: recipe.tensorflow, napi: '8' });

/** A damaged build is moved out of the way, not emptied in place: a process that runs on it keeps its files. */
async function publish(output, target, work) {
  await mkdir(dirname(target), { recursive: true });
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
