import { existsSync } from 'node:fs';
import { adviseNative } from './advise.mjs';
import { cacheDirectory } from './cache-directory.mjs';
import { nativeIsOff, nativePaths } from './context.mjs';
import { instructionSets } from './instruction-sets.mjs';
import { loadAddon } from './load-addon.mjs';
import { checkManifest } from './manifest.mjs';
import { findNodeHeaders } from './node-headers.mjs';
import { readStamp } from './stamp.mjs';
import { findTfjsNode } from './tfjs-node.mjs';
import { findCompiler, findPip } from './tools.mjs';

/**
 * The state of the native backend, looked at without changing anything: the package, the addon, the cache, the tools to build it.
 *
 * The addon is loaded in a process of its own (0.5 to 1 second). `verify` hashes the cached files too. Types: `index.d.mts`.
 */
export async function inspectNative({
  root = process.cwd(),
  env = process.env,
  signal,
  command = 'npx mixtention setup-native',
  verify = false,
} = {}) {
  const off = nativeIsOff(env);
  const tfjsNode = await findTfjsNode(root);
  const [pip, compiler] = await Promise.all([findPip({ env, signal }), findCompiler({ env, signal })]);
  const answer = await tryAddon(off, tfjsNode, { env, signal });
  const installed = tfjsNode !== undefined;
  return {
    installed,
    tfjsNode: tfjsNode?.version ?? null,
    loads: answer.loads,
    tensorflow: answer.loads ? answer.tensorflow : null,
    addonPath: tfjsNode && existsSync(tfjsNode.addonPath) ? tfjsNode.addonPath : null,
    source: (tfjsNode && (await readStamp(tfjsNode))?.source) ?? null,
    reason: answer.loads ? null : answer.reason,
    cacheDir: cacheDirectory(env),
    cachedBuild: tfjsNode ? await cachedBuild(tfjsNode, { env, verify, signal }) : null,
    python: pip ? { command: pip.command[0], pip: pip.version } : null,
    compiler: compiler ? { command: compiler.command[0], version: compiler.version } : null,
    nodeHeaders: findNodeHeaders(env) ?? null,
    instructionSets: await instructionSets(),
    advice: answer.loads ? [] : adviseNative({ off, installed, pip, compiler, command }),
  };
}

async function tryAddon(off, tfjsNode, options) {
  if (off) return { loads: false, reason: 'MIXTENTION_NATIVE=off' };
  if (tfjsNode === undefined) return { loads: false, reason: '@tensorflow/tfjs-node is not installed' };
  return loadAddon(tfjsNode.folder, options);
}

async function cachedBuild(tfjsNode, { env, verify, signal }) {
  const { build } = nativePaths(tfjsNode, env);
  if (!existsSync(build)) return null;
  const check = await checkManifest(build, { full: verify, signal });
  return { folder: build, intact: check.ok, reason: check.ok ? null : check.reason };
}
