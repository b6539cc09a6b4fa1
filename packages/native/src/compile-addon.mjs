import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
export async function compileAddon([program, ...args], parts, { env, signal }) {
  const { packageFolder, libraries, includeFolders, output } = parts;
  await mkdir(dirname(output), { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name));
  const answer = await run(program, [...args, ...flags(includeFolders), '-o', output, ...sources, ...libraries], {
    env,
    signal,
    timeoutMs: 15 * 60_000,
  });
  if (answer.code !== 0) throw new Error(`the C++ compiler could not build the native addon (${lastWords(answer)})`);
}

function flags(includeFolders) {
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-pthread', '-fno-strict-aliasing', '-DNDEBUG', '-DNAPI_VERSION=8'],
    ...includeFolders.flatMap((folder) => ['-I', folder]),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
}
