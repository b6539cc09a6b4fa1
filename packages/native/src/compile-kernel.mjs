import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastWords, run } from './run.mjs';

const sources = fileURLToPath(new URL('./kernel/', import.meta.url));

const isWindows = process.platform === 'win32';

/** Warnings that GCC 12 gives about its own headers are off. */
const FLAGS = [
  ...(isWindows ? [] : ['-fPIC', '-pthread']),
  ...['-std=c++17', '-O2', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden', '-DNDEBUG'],
  ...[
    '-Wall',
    '-Wextra',
    '-Wno-psabi',
    '-Wno-unknown-pragmas',
    '-Wno-unknown-warning-option',
    '-Wno-maybe-uninitialized',
  ],
  // Roundings are what the source says: no multiply–add that it does not name.
  ...['-ffp-contract=off', '-DNAPI_VERSION=8'],
];

/** What turns each set of instructions on, by the bits of a vector. */
const SETS =
  process.arch === 'x64'
    ? {
        512: ['-mavx512f', '-mavx512dq', '-mavx512vl', '-mavx512bw', '-mavx2', '-mfma'],
        256: ['-mavx2', '-mfma'],
        128: [],
      }
    : { 128: [] };

/** On Windows `NODE_LIB` names the library of Node's symbols, which its headers do not bring. */
const LINK = {
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
  win32: ['-shared', '-fuse-ld=lld', '--rtlib=compiler-rt', process.env.NODE_LIB ?? 'node.lib'],
  linux: ['-shared', '-static-libgcc', '-static-libstdc++'],
}[process.platform] ?? ['-shared'];

/**
 * What tells one build of the kernel from another: its sources, how they are compiled, and for what.
 *
 * @returns {Promise<string>} 16 hexadecimal digits
 */
export async function kernelVersion() {
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, SETS, process.platform, process.arch]));
  for (const name of (await readdir(sources)).sort()) hash.update(name).update(await readFile(join(sources, name)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Compile the kernel: once for each precision and set of instructions, as many at a time as there are cores, and its face in Node (3 to 6 seconds).
 *
 * @param {readonly string[]} compiler program and arguments
 * @param {{ nodeHeaders: string, work: string, output: string }} parts headers of Node, a folder for this alone, the file to write
 * @param {{ env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<void>}
 * @throws {Error} in one sentence, when the compilation fails
 */
export async function compileKernel(compiler, { nodeHeaders, work, output }, options) {
  const face = join(work, 'addon.o');
  const builds = [
    ...Object.entries(SETS).flatMap(([bits, instructions]) =>
      [0, 1].map((isDouble) => ({
        object: join(work, `${bits}-${isDouble}.o`),
        args: [
          ...instructions,
          `-DMIXTENTION_SET=${bits}`,
          `-DMIXTENTION_DOUBLE=${isDouble}`,
          '-c',
          join(sources, 'kernel.cc'),
        ],
      })),
    ),
    { object: face, args: ['-I', nodeHeaders, '-c', join(sources, 'addon.cc')] },
  ];
  const waiting = [...builds];
  const worker = async () => {
    for (let build = waiting.shift(); build !== undefined; build = waiting.shift())
      await compile(compiler, [...FLAGS, ...build.args, '-o', build.object], options);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  await compile(compiler, [...LINK, '-o', output, ...builds.map(({ object }) => object)], options);
}

async function compile([program, ...args], own, { env, signal }) {
  const answer = await run(program, [...args, ...own], { env, signal, timeoutMs: 5 * 60_000 });
  if (answer.code !== 0) throw new Error(`the C++ compiler could not build the native kernel (${lastWords(answer)})`);
}
