import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findNodeHeaders } from '../node-headers.mjs';
import { wheelMismatch } from '../platform.mjs';
import { lastWords, run } from '../run.mjs';
import { findCompiler, findPip } from '../tools.mjs';

/**
 * The whole supply of the native backend in miniature, so that attacks on it take seconds: two real shared libraries of some kB in a
 * real wheel with its own pins, and a package in the place of tfjs-node whose addon is compiled against them and loads them.
 *
 * The cc library appends a word to the file `MINIATURE_DIARY` when it is loaded: `good`, or what a test has written over that. The other
 * library writes to stderr when it is loaded, where `MINIATURE_TALKS` is set: `once`, beside a `thread` that writes too, or before it calls
 * `abort`.
 *
 * @param {string} folder
 * @returns {Promise<{ recipe: typeof import('../pins.mjs').tensorflowWheel, wheels: string, makeRoot: (name: string) => Promise<string> }>}
 */
export async function makeMiniature(folder) {
  const parts = join(folder, 'parts');
  for (const [name, text] of Object.entries(SOURCES)) await write(join(parts, name), text);
  const [compiler, ...args] = (await findCompiler()).command;
  const libraries = [];
  for (const name of ['cc', 'framework']) {
    const file = `libtensorflow_${name}.so.2`; // `quiet.cc` knows one by name
    const flags = ['-shared', '-fPIC', `-Wl,-soname,${file}`, '-o', join(parts, file)];
    await must(compiler, [...args, ...flags, join(parts, `${name}.cc`)]);
    libraries.push({ name: file, member: `miniature/${file}`, ...(await pin(join(parts, file))) });
  }
  const headers = [{ name: 'miniature/api.h', ...(await pin(join(parts, 'api.h'))) }];
  const wheel = await packWheel(folder, parts, libraries);
  const recipe = {
    tensorflow: '0.0.1',
    requirement: 'mixtention-miniature==0.0.1',
    tags: [],
    ...(await pin(wheel)),
    libraries,
    includeRoot: 'miniature/include/',
    headers,
  };
  return { recipe, wheels: dirname(wheel), makeRoot: (name) => makeRoot(join(folder, name), parts) };
}

/** Why no miniature can be made here; undefined when one can. */
export async function lackForMiniature() {
  const lacks = [
    wheelMismatch(),
    (await findPip()) ? undefined : 'there is no pip',
    (await findCompiler()) ? undefined : 'there is no C++ compiler',
    findNodeHeaders() ? undefined : "there are no C headers of Node's",
  ];
  return lacks.find((lack) => lack !== undefined);
}

/** A root with its own package, without addon. */
async function makeRoot(root, parts) {
  const home = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  for (const name of ['tfjs_backend.cc', 'tfjs_binding.cc']) await copy(join(parts, name), join(home, 'binding', name));
  for (const name of ['index.js', 'package.json']) await copy(join(parts, name), join(home, name));
  await copy(join(parts, 'install.js'), join(home, 'scripts', 'install.js'));
  return root;
}

async function packWheel(folder, parts, libraries) {
  const info = 'mixtention_miniature-0.0.1.dist-info';
  const wheel = join(folder, 'wheels', 'mixtention_miniature-0.0.1-py3-none-any.whl');
  const tree = join(folder, 'tree');
  for (const { name, member } of libraries) await copy(join(parts, name), join(tree, member));
  await copy(join(parts, 'api.h'), join(tree, 'miniature', 'include', 'miniature', 'api.h'));
  await write(join(tree, info, 'METADATA'), 'Metadata-Version: 2.1\nName: mixtention-miniature\nVersion: 0.0.1\n');
  await write(join(tree, info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  await write(join(tree, info, 'RECORD'), '');
  await mkdir(dirname(wheel), { recursive: true });
  const python = (await run('python3', ['--version'])).code === 0 ? 'python3' : 'python';
  await must(python, ['-m', 'zipfile', '-c', wheel, join(tree, 'miniature'), join(tree, info)]);
  return wheel;
}

async function pin(path) {
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { bytes: (await stat(path)).size, sha256 };
}

async function must(program, args) {
  const answer = await run(program, args);
  if (answer.code !== 0) throw new Error(`${program}: ${lastWords(answer)}`);
}

async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

const SOURCES = {
  'cc.cc': `#include <cstdio>
#include <cstdlib>
static const char word[] = "good\\n";
__attribute__((constructor)) static void note() {
  const char* path = getenv("MINIATURE_DIARY");
  FILE* diary = path ? fopen(path, "a") : nullptr;
  if (diary) { fputs(word, diary); fclose(diary); }
}
extern "C" double miniature_multiply(double a, double b) { return a * b; }`,
  'framework.cc': `#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <thread>
static void threadThatWrites() {
  for (int i = 0; i < 100; i++) {
    fprintf(stderr, "thread %d\\n", i);
    usleep(1000);
  }
}
__attribute__((constructor)) static void talk() {
  const char* way = getenv("MINIATURE_TALKS");
  if (way == nullptr) return;
  if (*way == 't') std::thread(threadThatWrites).detach();
  fputs("WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\\n", stderr);
  fputs("I0000 00:00:17.4 9 port.cc:153] oneDNN custom operations are on. You may see differences.\\n", stderr);
  fputs("I0000 00:00:17.4 9 port.cc:154] another note\\n", stderr);
  fprintf(stderr, "%s %d\\n", "E0000 00:00:17.4 9 other.cc:1] trouble", 7);
  if (*way == 't') usleep(30000);
  if (*way == 'a') abort();
}
extern "C" const char* miniature_version() { return "0.0.1"; }`,
  'api.h': `#pragma once
extern "C" double miniature_multiply(double a, double b);
extern "C" const char* miniature_version();
`,
  'tfjs_backend.cc': `#include "miniature/api.h"
double multiply(double a, double b) { return miniature_multiply(a, b); }`,
  'tfjs_binding.cc': `#include <node_api.h>
#include <cstdio>
#include "miniature/api.h"
double multiply(double a, double b);
static napi_value Multiply(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value args[2], result;
  double a, b;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  napi_get_value_double(env, args[0], &a);
  napi_get_value_double(env, args[1], &b);
  napi_create_double(env, multiply(a, b), &result);
  return result;
}
NAPI_MODULE_INIT() {
  napi_value function, version, descriptor;
  napi_create_function(env, "multiply", NAPI_AUTO_LENGTH, Multiply, nullptr, &function);
  napi_create_string_utf8(env, miniature_version(), NAPI_AUTO_LENGTH, &version);
  napi_create_int32(env, fileno(stderr), &descriptor);
  napi_set_named_property(env, exports, "descriptor", descriptor);
  napi_set_named_property(env, exports, "multiply", function);
  napi_set_named_property(env, exports, "TF_Version", version);
  return exports;
}`,
  'index.js': `const binding = require('./lib/napi-v8/tfjs_binding.node');
const cell = (row, b, j) => row.reduce((sum, x, i) => sum + binding.multiply(x, b[i][j]), 0);
exports.matMul = (a, b) => ({ dataSync: () => a.flatMap((row) => b[0].map((_, j) => cell(row, b, j))) });
exports.backend = () => ({ binding });
exports.getBackend = () => 'tensorflow';`,
  'package.json': JSON.stringify({
    name: '@tensorflow/tfjs-node',
    version: '0.0.1',
    main: 'index.js',
    binary: { module_path: './lib/napi-v{napi_build_version}', napi_versions: [8] },
  }),
  'install.js': `require('fs').writeFileSync('installer-was-run', '');`,
};
