import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNpm } from './native/find-npm.mjs';
import { run } from './native/run.mjs';

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
    if (found === undefined) return entry.optional === true; // another platform's binary
    return sameRelease(entry, found) && existsSync(join(root, path, 'package.json'));
  });
}

/**
 * `npm ci`, told in the terminal; the packages' own install scripts stay off (`.npmrc`).
 *
 * @param {string} root
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<void>}
 * @throws {Error} in one sentence
 */
export async function installDependencies(root, { signal } = {}) {
  const npm = findNpm();
  if (npm === undefined) throw new Error('npm was not found beside Node nor on the PATH');
  const args = [join(npm, 'bin', 'npm-cli.js'), 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const answer = await run(process.execPath, args, { cwd: root, signal, inherit: 'stderr' });
  if (answer.code !== 0) throw new Error('`npm ci` failed; its own message is above');
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const sameRelease = (a, b) => a.version === b.version && a.integrity === b.integrity && a.link === b.link;
