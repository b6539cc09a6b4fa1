import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastWords, run } from './run.mjs';

/**
 * Compile tfjs-node's own binding against the unpacked TensorFlow library.
 *
 * Two files of C++ and one call of the compiler: neither make nor gyp nor Python is needed, and nothing is written into the package.
 * The addon looks for its libraries in `../../deps/lib`, as the package's own build does.
 *
 * @param {readonly string[]} compiler program and arguments
 * @param {{ packageFolder: string, libraries: readonly string[], includeFolders: readonly string[], output: string }} parts
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<void>}
 * @throws {Error} in one sentence, when the compilation fails
 */
export async function compileAddon(compiler, { packageFolder, libraries, ...parts }, options) {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name));
  await compile(compiler, [...sources, ...libraries, '-Wl,-rpath,$ORIGIN/../../deps/lib'], parts, options);
}

/**
 * Compile `quiet.cc`, which loads the library without the two lines that no setting silences. It stays loaded to the end of the process.
 *
 * @param {readonly string[]} compiler program and arguments
 * @param {{ includeFolders: readonly string[], output: string }} parts
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<void>}
 * @throws {Error} in one sentence, when the compilation fails
 */
export async function compileQuiet(compiler, parts, options) {
  const source = fileURLToPath(new URL('./quiet.cc', import.meta.url));
  await compile(compiler, [source, '-ldl', '-Wl,-z,nodelete'], parts, options);
}

async function compile([program, ...args], inputs, { includeFolders, output }, { env, signal }) {
  const flags = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-pthread', '-fno-strict-aliasing', '-DNDEBUG', '-DNAPI_VERSION=8'],
    ...includeFolders.flatMap((folder) => ['-I', folder]),
  ];
  const options = { env, signal, timeoutMs: 15 * 60_000 };
  const answer = await run(program, [...args, ...flags, '-o', output, ...inputs], options);
  if (answer.code !== 0) throw new Error(`the C++ compiler could not build the native addon (${lastWords(answer)})`);
}
