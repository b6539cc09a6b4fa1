import { join } from 'node:path';
import { cacheDirectory } from './cache-directory.mjs';
import { tensorflowWheel } from './pins.mjs';
import { stateDirectory } from './state-directory.mjs';

/** Whether `MIXTENTION_NATIVE=off` forbids native code. */
export const nativeIsOff = (env = process.env) => env.MIXTENTION_NATIVE === 'off';

/**
 * Where things are kept. In the cache: pinned files only, one folder for each version of TensorFlow and platform. In the user's own state:
 * what is compiled here and so has no pinned hash, one folder for each version of tfjs-node too.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {NodeJS.ProcessEnv} env
 * @param {{ tensorflow: string }} [recipe]
 * @returns {{ cacheDir: string, build: string, compiled: string, lock: string, failure: string }}
 */
export function nativePaths(tfjsNode, env, recipe = tensorflowWheel) {
  const cacheDir = join(cacheDirectory(env), 'native');
  const key = `tensorflow-${recipe.tensorflow}-${process.platform}-${process.arch}`;
  const build = join(cacheDir, key);
  const compiled = join(stateDirectory(env), 'native', `tfjs-node-${tfjsNode.version}-${key}`);
  return { cacheDir, build, compiled, lock: `${build}.lock`, failure: `${build}.failed.json` };
}

/**
 * Progress for a place that takes lines only: one at every quarter.
 *
 * @param {(line: string) => void} log
 * @returns {(label: string, done: number, total: number) => void}
 */
export function progressByLines(log) {
  const told = new Map();
  return (label, done, total) => {
    const quarter = Math.floor((4 * done) / total);
    if (told.get(label) === quarter) return;
    told.set(label, quarter);
    log(`tfjs-node: ${label}: ${25 * quarter} % of ${Math.round(total / 1e6)} MB`);
  };
}
