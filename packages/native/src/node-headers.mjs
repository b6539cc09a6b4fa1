import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findNpm } from './find-npm.mjs';
import { findProgram } from './find-program.mjs';
import { damageOf } from './pinned-files.mjs';
import { nodeHeaders } from './pins.mjs';
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
 * Fetch the headers as the npm package `node-api-headers`, from whatever registry npm has been configured with; each must be the pinned one.
 *
 * @param {string} folder
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @param {typeof nodeHeaders} [pins]
 * @returns {Promise<string>} the folder that holds `node_api.h`
 * @throws {Error} in one sentence
 */
export async function fetchNodeHeaders(folder, { env, signal }, pins = nodeHeaders) {
  const npm = findNpm(env);
  if (npm === undefined)
    throw new Error("Node's C headers (node_api.h) are not installed, nor is npm to fetch them with");
  const manner = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = [join(npm, 'bin', 'npm-cli.js'), 'install', '--prefix', folder, ...manner, pins.requirement];
  const answer = await run(process.execPath, args, { env, signal, timeoutMs: 5 * 60_000 });
  const found = join(folder, 'node_modules', 'node-api-headers', 'include');
  if (answer.code !== 0)
    throw new Error(
      `Node's C headers (node_api.h) are not installed and npm could not fetch them (${lastWords(answer)})`,
    );
  for (const { name, ...pin } of pins.headers) {
    const damage = await damageOf(join(found, name), pin, signal);
    if (damage !== undefined) throw new Error(`${name} from npm ${damage}, so it was not used`);
  }
  return found;
}
