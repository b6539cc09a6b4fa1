import { readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { lastWords, run } from './run.mjs';
import { watchGrowth } from './watch-growth.mjs';

const STALL_MS = 2 * 60_000;

/**
 * Run tfjs-node's own installer: it downloads libtensorflow (2.9.1 or older) and an addon from its vendor's server.
 *
 * It checks no hash, no status and no exit of its own, and rewrites the package's package.json; so what it changed is put back,
 * what it left half-done is removed, and the caller must see whether the addon loads.
 *
 * @param {import('./tfjs-node.mjs').TfjsNode} tfjsNode
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal, log: (line: string) => void }} options
 * @returns {Promise<void>}
 * @throws {Error} in one sentence
 */
export async function runOwnInstaller({ folder }, { env, signal, log }) {
  const manifest = join(folder, 'package.json');
  const before = await readFile(manifest);
  const watch = watchGrowth(join(folder, 'deps'), { onBytes: () => {}, stallMs: STALL_MS, signal });
  log("tfjs-node: running tfjs-node's own installer (it downloads without checking hashes)");
  let done = false;
  try {
    const answer = await run(process.execPath, ['scripts/install.js'], {
      cwd: folder,
      env: { ...env, PATH: `${binFolders(folder).join(delimiter)}${delimiter}${env.PATH ?? ''}` },
      signal: watch.signal,
    });
    if (answer.code !== 0) throw new Error(`tfjs-node's own installer failed (${lastWords(answer)})`);
    done = true;
  } finally {
    watch.stop();
    await writeFile(manifest, before);
    if (!done) await removeHalfDone(folder);
  }
}

/** @param {string} folder of tfjs-node */
export async function removeHalfDone(folder) {
  for (const name of ['deps', 'lib', 'build-tmp-napi-v8'])
    await rm(join(folder, name), { recursive: true, force: true });
}

/** Its installer calls `node-pre-gyp` and `node` by name; the former is on the PATH only when a package manager starts it. */
const binFolders = (folder) => [
  join(folder, 'node_modules', '.bin'),
  join(folder, '..', '..', '.bin'),
  dirname(process.execPath),
];
