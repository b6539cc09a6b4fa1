import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { adviseNative } from './advise.mjs';
import { nativePaths } from './context.mjs';
import { inspectNative } from './inspect.mjs';
import { recallFailure, rememberFailure } from './last-failure.mjs';
import { linkBuild } from './link-build.mjs';
import { loadAddon } from './load-addon.mjs';
import { checkManifest } from './manifest.mjs';
import { tensorflowWheel } from './pins.mjs';
import { setUpNative } from './set-up.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { findTfjsNode } from './tfjs-node.mjs';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
/** A root with its own copy of tfjs-node, without addon, and links to everything else; a machine without tools and without network. */
const root = await mkdtemp(join(tmpdir(), 'mixtention-native-'));
const [from, to] = [join(REPOSITORY, 'node_modules'), join(root, 'node_modules')];
await mkdir(join(to, '@tensorflow'), { recursive: true });
await linkAll(from, to, '@tensorflow');
await linkAll(join(from, '@tensorflow'), join(to, '@tensorflow'), 'tfjs-node');
await copyPackage();
let env;

after(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  const closed = 'http://127.0.0.1:9/'; // the discard port: nothing answers
  env = {
    ...process.env,
    ...{
      PATH: '',
      Path: '',
      PYTHON: '',
      CXX: '',
      MIXTENTION_NATIVE: '',
      HTTP_PROXY: '',
      HTTPS_PROXY: '',
      http_proxy: '',
      https_proxy: '',
    },
    ...{ TFJS_NODE_CDN_STORAGE: closed, TFJS_NODE_BASE_URI: closed, MIXTENTION_CACHE: join(root, 'cache') },
  };
  await rm(join(root, 'cache'), { recursive: true, force: true });
});

test('without tools and network the report says that wasm is used, what it costs and how to change it', async () => {
  const lines = [];
  const report = await setUpNative({ root, env, log: (line) => lines.push(line) });
  assert.equal(report.status, 'unavailable');
  assert.equal(report.tensorflow, null);
  assert.deepEqual(
    report.reasons.map(({ way }) => way),
    ['wheel', 'installer'],
  );
  assert.match(report.sentence, /the wasm backend is used instead: .* 4 to 8 times as long\. Why: .*setup-native/);
  assert.match(lines.join('\n'), /own installer \(it downloads without checking hashes\)/);
});

test('a failed attempt leaves the package as it was', async () => {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  const before = [await readdir(folder), await readFile(join(folder, 'package.json'), 'utf8')];
  await setUpNative({ root, env });
  assert.deepEqual([await readdir(folder), await readFile(join(folder, 'package.json'), 'utf8')], before);
});

test('a failure is remembered until the tools change, it is old, or another try is asked for', async () => {
  await setUpNative({ root, env });
  const again = await setUpNative({ root, env });
  assert.deepEqual(
    again.reasons.map(({ way }) => way),
    ['wheel', 'installer', 'memory'],
  );
  const asked = await setUpNative({ root, env, retry: true });
  assert.deepEqual(
    asked.reasons.map(({ way }) => way),
    ['wheel', 'installer'],
  );
  const path = join(root, 'cache', 'failure.json');
  await rememberFailure(path, env, []);
  assert.deepEqual((await recallFailure(path, env)).reasons, []);
  assert.equal(await recallFailure(path, { ...env, CXX: 'another' }), undefined);
  await writeFile(path, (await readFile(path, 'utf8')).replace(/"time": \d+/, '"time": 0'));
  assert.equal(await recallFailure(path, env), undefined);
});

test('MIXTENTION_NATIVE=off forbids it, and a root without the package is told how to get it', async () => {
  const off = await setUpNative({ root, env: { ...env, MIXTENTION_NATIVE: 'off' } });
  assert.equal(off.status, 'off');
  assert.match(off.sentence, /MIXTENTION_NATIVE=off/);
  const absent = await setUpNative({ root: tmpdir(), env });
  assert.equal(absent.status, 'absent');
  assert.match(absent.sentence, /npm install --ignore-scripts @tensorflow\/tfjs-node@4\.22\.0/);
});

test('an abort rejects with its own reason', async () => {
  const controller = new AbortController();
  controller.abort(new Error('interrupted by the test'));
  await assert.rejects(setUpNative({ root, env, signal: controller.signal }), /interrupted by the test/);
});

test('an addon that cannot be loaded is an answer, not a crash', async () => {
  const { folder, addonPath } = await findTfjsNode(root);
  assert.deepEqual(await loadAddon(folder, { env }), { loads: false, reason: 'the native addon has not been built' });
  await mkdir(dirname(addonPath), { recursive: true });
  await writeFile(addonPath, 'no library');
  const answer = await loadAddon(folder, { env });
  assert.equal(answer.loads, false);
  assert.match(answer.reason, /tfjs_binding\.node/);
  const report = await setUpNative({ root, env });
  assert.match(report.sentence, /the addon does not load/);
});

test('a cache that cannot be made is named', async () => {
  await writeFile(join(root, 'cache'), 'a file where a folder is due');
  const report = await setUpNative({ root, env });
  assert.match(report.sentence, /cannot be written \(\w+\); MIXTENTION_CACHE names another folder/);
});

test('a cached build of this machine is linked and loads; with none, inspection says what is missing', async () => {
  const real = { ...env, MIXTENTION_CACHE: process.env.MIXTENTION_CACHE };
  if (real.MIXTENTION_CACHE === undefined) delete real.MIXTENTION_CACHE;
  const { build } = nativePaths(await findTfjsNode(root), real);
  const { ok } = await checkManifest(build);
  const report = await setUpNative({ root, env: ok ? real : env });
  const seen = await inspectNative({ root, env: ok ? real : env });
  assert.equal(report.status, ok ? 'ready' : 'unavailable');
  assert.equal(report.source, ok ? 'cache' : null);
  assert.equal(seen.loads, ok);
  assert.equal(seen.tensorflow, ok ? tensorflowWheel.tensorflow : null);
  assert.equal(seen.advice.length > 0, !ok);
  const second = await setUpNative({ root, env: ok ? real : env });
  assert.equal(second.status, report.status);
  assert.equal(second.source, report.source);
});

test('a stamp holds while addon and libraries stay the same, also behind links', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-stamp-'));
  const build = join(folder, 'build');
  const tfjsNode = {
    folder,
    addonPath: join(folder, 'lib', 'n', 'tfjs_binding.node'),
    libraryFolder: join(folder, 'deps', 'lib'),
  };
  await mkdir(build);
  for (const name of ['a.so', 'tfjs_binding.node']) await writeFile(join(build, name), name);
  await linkBuild(tfjsNode, build, [{ name: 'a.so' }]);
  await linkBuild(tfjsNode, build, [{ name: 'a.so' }]);
  assert.equal(await readFile(join(folder, 'deps', 'lib', 'a.so'), 'utf8'), 'a.so');
  assert.equal(await readStamp(tfjsNode), undefined);
  await writeStamp(tfjsNode, { source: 'cache', tensorflow: '1' });
  assert.deepEqual(await readStamp(tfjsNode), { source: 'cache', tensorflow: '1', fresh: true });
  await utimes(join(build, 'a.so'), new Date(0), new Date(0));
  assert.equal((await readStamp(tfjsNode)).fresh, false);
  await rm(build, { recursive: true });
  assert.equal((await readStamp(tfjsNode)).fresh, false);
  await rm(folder, { recursive: true });
});

test('advice names what is missing and the command to run', () => {
  const facts = { off: false, installed: true, pip: undefined, compiler: undefined, command: 'npm run setup' };
  const all = adviseNative(facts).join(' ');
  assert.match(all, /npm run setup/);
  assert.match(adviseNative({ ...facts, pip: {}, compiler: {} }).join(' '), /npm run setup/);
  assert.match(adviseNative({ ...facts, off: true }).join(' '), /MIXTENTION_NATIVE/);
});

async function linkAll(from, to, except) {
  for (const name of await readdir(from)) if (name !== except) await symlink(join(from, name), join(to, name));
}

async function copyPackage() {
  const [from, to] = [REPOSITORY, root].map((base) => join(base, 'node_modules', '@tensorflow', 'tfjs-node'));
  for (const name of await readdir(from))
    if (!['deps', 'lib', 'build'].includes(name)) await cp(join(from, name), join(to, name), { recursive: true });
}
