import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adviseNative } from './advise.mjs';
import { cacheDirectory } from './cache-directory.mjs';
import { nativeIsOff, nativePaths } from './context.mjs';
import { instructionSets } from './instruction-sets.mjs';
import { isLinked } from './link-build.mjs';
import { loadAddon } from './load-addon.mjs';
import { findNodeHeaders } from './node-headers.mjs';
import { damageOf, damageOfFolder } from './pinned-files.mjs';
import { tensorflowWheel } from './pins.mjs';
import { readStamp } from './stamp.mjs';
import { findTfjsNode } from './tfjs-node.mjs';
import { findCompiler, findPip } from './tools.mjs';

/**
 * The state of tfjs-node, looked at without changing anything: the package, the addon, the cache, the tools to build it.
 *
 * The addon is loaded in a process of its own (0.5 to 1 second), unless a library beside it has changed since it was hashed and no longer is the pinned one.
 * `verify` hashes it and the cached files in any case. Types: `index.d.mts`.
 */
export async function inspectTfjsNode({
  root = process.cwd(),
  env = process.env,
  signal,
  command = 'npx mixtention setup-native',
  verify = false,
  recipe = tensorflowWheel,
} = {}) {
  const off = nativeIsOff(env);
  const tfjsNode = await findTfjsNode(root);
  const [pip, compiler] = await Promise.all([findPip({ env, signal }), findCompiler({ env, signal })]);
  const stamp = tfjsNode && (await readStamp(tfjsNode));
  const damage = tfjsNode && (await damageOfLinks(tfjsNode, stamp, { recipe, verify, signal }));
  const answer = await tryAddon({ off, tfjsNode, damage }, { env, signal });
  const installed = tfjsNode !== undefined;
  const cachedBuild = tfjsNode ? await lookAtCache(tfjsNode, { env, recipe, verify, signal }) : null;
  const facts = { off, installed, pip, compiler, isFetched: cachedBuild?.intact === true, command };
  return {
    installed,
    tfjsNode: tfjsNode?.version ?? null,
    loads: answer.loads,
    tensorflow: answer.loads ? answer.tensorflow : null,
    addonPath: tfjsNode && existsSync(tfjsNode.addonPath) ? tfjsNode.addonPath : null,
    source: stamp?.source ?? null,
    reason: answer.loads ? null : answer.reason,
    damaged: damage !== undefined,
    cacheDir: cacheDirectory(env),
    cachedBuild,
    python: pip ? { command: pip.command[0], pip: pip.version } : null,
    compiler: compiler ? { command: compiler.command[0], version: compiler.version } : null,
    nodeHeaders: findNodeHeaders(env) ?? null,
    instructionSets: await instructionSets(),
    advice: answer.loads ? [] : adviseNative(facts),
  };
}

/** Why a library that this checkout would load is not the pinned one; it is hashed where it is not known to be the file that set-up hashed. */
async function damageOfLinks(tfjsNode, stamp, { recipe, verify, signal }) {
  if ((stamp?.fresh && !verify) || !(await isLinked(tfjsNode, recipe))) return undefined;
  for (const { name, ...pin } of recipe.libraries) {
    const damage = await damageOf(join(tfjsNode.libraryFolder, name), pin, signal);
    if (damage !== undefined) return `${name} ${damage}`;
  }
  return undefined;
}

async function tryAddon({ off, tfjsNode, damage }, options) {
  if (off) return { loads: false, reason: 'MIXTENTION_NATIVE=off' };
  if (tfjsNode === undefined) return { loads: false, reason: '@tensorflow/tfjs-node is not installed' };
  if (damage !== undefined) return { loads: false, reason: `${damage}, so it was not loaded` };
  return loadAddon(tfjsNode.folder, options);
}

async function lookAtCache(tfjsNode, { env, recipe, verify, signal }) {
  const { build } = nativePaths(tfjsNode, env, recipe);
  if (!existsSync(build)) return null;
  const reason = (await damageOfFolder(build, recipe, { full: verify, signal })) ?? null;
  return { folder: build, intact: reason === null, reason };
}
