import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNpm } from '../packages/native/src/find-npm.mjs';
import { lastWords, run } from '../packages/native/src/run.mjs';

/**
 * Whether `node_modules` holds what `package-lock.json` says, by npm's own record of its last installation.
 *
 * @param {string} root
 * @returns {boolean}
 */
export function dependenciesMatch(root) {
  const due = packagesOf(join(root, 'package-lock.json'));
  const there = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (due === undefined || there === undefined) return false;
  return Object.entries(due).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = there[path];
    // What is optional may be another platform's binary; tfjs-node is optional only so that a plain `npm install` cannot fail by its script.
    if (found === undefined) return entry.optional === true && path !== 'node_modules/@tensorflow/tfjs-node';
    return sameRelease(entry, found) && existsSync(join(root, path, 'package.json'));
  });
}

/**
 * `npm ci`, told in the terminal; the packages' own install scripts stay off. Tried twice: what a killed
 * installation left behind, or a registry's hiccup, makes the first try fail and not the second.
 *
 * @param {string} root
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<void>}
 * @throws {Error} in one sentence
 */
export async function installDependencies(root, { signal } = {}) {
  const install = () =>
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      signal,
      inherit: 'stderr',
    });
  await install().catch(async () => {
    signal?.throwIfAborted();
    await sleep(2_000, undefined, { signal });
    await install();
  });
}

async function npm(args, options) {
  const folder = findNpm();
  if (folder === undefined) throw new Error('npm was not found beside Node nor on the PATH');
  const program = [join(folder, 'bin', 'npm-cli.js'), ...args];
  const answer = await run(process.execPath, program, options);
  if (answer.code === 0) return;
  const why = options.inherit ? 'its own message is above' : lastWords(answer);
  throw new Error(`\`npm ${args[0]}\` failed: ${why}`);
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const sameRelease = (a, b) => a.version === b.version && a.integrity === b.integrity && a.link === b.link;
