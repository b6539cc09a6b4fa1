import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileAddon, compileQuiet } from './compile-addon.mjs';
import { fetchNodeHeaders, findNodeHeaders } from './node-headers.mjs';
import { damageOf } from './pinned-files.mjs';
import { findCompiler } from './tools.mjs';

/** What is compiled: tfjs-node's addon, and a small one that goes before it (`quiet.cc`). */
export const compiledFiles = { addon: 'tfjs_binding.node', quiet: 'mixtention_quiet.node' };

/**
 * The compiler for the addon.
 *
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<string[]>} program and arguments
 * @throws {Error} in one sentence
 */
export async function compilerForAddon({ env, signal }) {
  const compiler = await findCompiler({ env, signal });
  if (compiler === undefined)
    throw new Error('building the native addon needs a C++ compiler, which was not found here');
  return compiler.command;
}

/**
 * Compile the addon against the libraries and headers of the cache (10 to 20 seconds).
 *
 * Headers are copied first and the copies hashed, so that only pinned ones are compiled. The addon is no pinned file, since every compiler
 * makes another; so it is kept in the user's own state and never in the cache. So is what loads the library without its log lines.
 *
 * @param {readonly string[]} compiler program and arguments
 * @param {{ tfjsNode: import('./tfjs-node.mjs').TfjsNode, build: string, recipe: typeof import('./pins.mjs').tensorflowWheel }} parts
 * @param {string} work a folder for this alone; files appear under the names of `compiledFiles`
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal, log: (line: string) => void }} context
 * @returns {Promise<string>} the folder that holds them, in `work`
 * @throws {Error} in one sentence
 */
export async function buildAddon(compiler, { tfjsNode, build, recipe }, work, context) {
  const include = join(work, 'include');
  for (const { name, ...pin } of recipe.headers) {
    const copy = join(include, name);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(join(build, 'include', name), copy);
    const damage = await damageOf(copy, pin, context.signal);
    if (damage !== undefined) throw new Error(`include/${name} in the cache ${damage}`);
  }
  const nodeHeaders = findNodeHeaders(context.env) ?? (await fetchNodeHeaders(join(work, 'node'), context));
  const output = join(work, 'compiled');
  await mkdir(output);
  context.log('tfjs-node: compiling the addon (10 to 20 seconds)');
  const parts = {
    packageFolder: tfjsNode.folder,
    libraries: recipe.libraries.map(({ name }) => join(build, name)),
    includeFolders: [nodeHeaders, include],
    output: join(output, compiledFiles.addon),
  };
  await compileAddon(compiler, parts, context);
  await compileQuiet(compiler, { includeFolders: [nodeHeaders], output: join(output, compiledFiles.quiet) }, context);
  return output;
}

/**
 * Keep what was compiled and has been seen to load, for other checkouts; where that cannot be written, they compile their own.
 *
 * @param {string} compiled folder
 * @param {string} target folder
 */
export async function keepCompiled(compiled, target) {
  try {
    await mkdir(target, { recursive: true, mode: 0o700 });
    for (const name of Object.values(compiledFiles)) {
      const aside = join(target, `${name}.${randomUUID()}`);
      await copyFile(join(compiled, name), aside).catch(async (error) => {
        await rm(aside, { force: true });
        throw error;
      });
      await rename(aside, join(target, name));
    }
  } catch {} // a cost of 20 seconds for the next checkout
}

/**
 * Whether a folder holds all that is compiled.
 *
 * @param {string} folder
 * @returns {boolean}
 */
export const holdsCompiled = (folder) => Object.values(compiledFiles).every((name) => existsSync(join(folder, name)));
