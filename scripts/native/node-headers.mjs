import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findNpm } from './find-npm.mjs';
import { findProgram } from './find-program.mjs';
import { lastWords, run } from './run.mjs';

/**
 * The folder that holds `node_api.h`; any Node since 12 serves, because N-API is stable across versions.
 *
 * Looked for: npm's `nodedir`, beside this Node, beside the Node on the PATH, where systems and node-gyp keep them. Undefined when nowhere.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findNodeHeaders(env = process.env) {
  const nodes = [process.execPath, findProgram(['node'], env)].filter(Boolean);
  const roots = [
    env.npm_config_nodedir,
    ...nodes.map((path) => dirname(dirname(realpathSync(path)))),
    process.config.variables.node_prefix,
    join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'node-gyp', process.versions.node),
    '/usr',
    '/usr/local',
  ];
  return roots
    .filter(Boolean)
    .map((root) => join(root, 'include', 'node'))
    .find((folder) => existsSync(join(folder, 'node_api.h')));
}

/**
 * Have npm's own node-gyp download the headers of this Node (it checks their hashes) into a folder.
 *
 * @param {string} folder
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<string>}
 * @throws {Error} when there is no node-gyp or it cannot download
 */
export async function downloadNodeHeaders(folder, { env, signal }) {
  const gyp = findNodeGyp(env);
  if (gyp === undefined)
    throw new Error("Node's C headers (node_api.h) are not installed, nor is npm's node-gyp to download them");
  const answer = await run(process.execPath, [gyp, 'install', `--devdir=${folder}`], {
    env,
    signal,
    timeoutMs: 5 * 60_000,
  });
  const found = join(folder, process.versions.node, 'include', 'node');
  if (answer.code === 0 && existsSync(join(found, 'node_api.h'))) return found;
  throw new Error(`Node's C headers (node_api.h) are not installed and could not be downloaded (${lastWords(answer)})`);
}

/** node-gyp lives inside npm. */
function findNodeGyp(env) {
  const npm = findNpm(env);
  const path = npm && join(npm, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  return path && existsSync(path) ? path : undefined;
}
