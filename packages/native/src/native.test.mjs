import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { adviseNative } from './advise.mjs';
import { compiledFiles, holdsCompiled } from './build-addon.mjs';
import { nativePaths } from './context.mjs';
import { inspectTfjsNode } from './inspect.mjs';
import { recallFailure, rememberFailure } from './last-failure.mjs';
import { linkBuild, unlinkBuild } from './link-build.mjs';
import { loadAddon } from './load-addon.mjs';
import { damageOfFolder } from './pinned-files.mjs';
import { tensorflowWheel } from './pins.mjs';
import { wheelMismatch } from './platform.mjs';
import { setUpTfjsNode } from './set-up.mjs';
import { describe, readStamp, writeStamp } from './stamp.mjs';
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
    ...{
      TFJS_NODE_CDN_STORAGE: closed,
      TFJS_NODE_BASE_URI: closed,
      MIXTENTION_CACHE: join(root, 'cache'),
      XDG_STATE_HOME: join(root, 'state'),
    },
  };
  await rm(join(root, 'cache'), { recursive: true, force: true });
});

test('without tools and network the report says that wasm is used, what it costs and how to change it', async () => {
  const lines = [];
  const report = await setUpTfjsNode({ root, env, log: (line) => lines.push(line) });
  assert.equal(report.status, 'unavailable');
  assert.equal(report.tensorflow, null);
  assert.deepEqual(
    report.reasons.map(({ way }) => way),
    ['wheel'],
  );
  assert.match(report.sentence, /it is not used: .* several times as long on tfjs-wasm\. Why: .*setup-native/);
  assert.deepEqual(lines, []);
});

test('a failed attempt, by the installer of the vendor too, leaves the package as it was', async () => {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  const before = [await readdir(folder), await readFile(join(folder, 'package.json'), 'utf8')];
  await setUpTfjsNode({ root, env, vendorInstaller: true });
  assert.deepEqual([await readdir(folder), await readFile(join(folder, 'package.json'), 'utf8')], before);
});

test('a failure is remembered until the tools change, it is old, or another try is asked for', async () => {
  await setUpTfjsNode({ root, env });
  const again = await setUpTfjsNode({ root, env });
  assert.deepEqual(
    again.reasons.map(({ way }) => way),
    ['wheel', 'memory'],
  );
  const asked = await setUpTfjsNode({ root, env, retry: true });
  assert.deepEqual(
    asked.reasons.map(({ way }) => way),
    ['wheel'],
  );
  const path = join(root, 'cache', 'failure.json');
  await rememberFailure(path, 'so it stands', { reasons: [], isFetched: false });
  assert.deepEqual((await recallFailure(path, 'so it stands')).reasons, []);
  assert.equal(await recallFailure(path, 'otherwise'), undefined);
  await writeFile(path, (await readFile(path, 'utf8')).replace(/"time": \d+/, '"time": 0'));
  assert.equal(await recallFailure(path, 'so it stands'), undefined);
  const otherTools = await setUpTfjsNode({ root, env: { ...env, CXX: 'another' } });
  assert.deepEqual(
    otherTools.reasons.map(({ way }) => way),
    ['wheel'],
  );
});

test('MIXTENTION_NATIVE=off forbids it, and a root without the package is told how to get it', async () => {
  const off = await setUpTfjsNode({ root, env: { ...env, MIXTENTION_NATIVE: 'off' } });
  assert.equal(off.status, 'off');
  assert.match(off.sentence, /MIXTENTION_NATIVE=off/);
  const absent = await setUpTfjsNode({ root: tmpdir(), env });
  assert.equal(absent.status, 'absent');
  assert.match(absent.sentence, /npm install --ignore-scripts @tensorflow\/tfjs-node@4\.22\.0/);
});

test('an abort rejects with its own reason', async () => {
  const controller = new AbortController();
  controller.abort(new Error('interrupted by the test'));
  await assert.rejects(setUpTfjsNode({ root, env, signal: controller.signal }), /interrupted by the test/);
});

test('an addon that cannot be loaded is an answer, not a crash', async () => {
  const { folder, addonPath } = await findTfjsNode(root);
  assert.deepEqual(await loadAddon(folder, { env }), { loads: false, reason: 'the native addon has not been built' });
  await mkdir(dirname(addonPath), { recursive: true });
  await writeFile(addonPath, 'no library');
  const answer = await loadAddon(folder, { env });
  assert.equal(answer.loads, false);
  assert.match(answer.reason, /tfjs_binding\.node/);
  const report = await setUpTfjsNode({ root, env });
  assert.match(report.sentence, /the addon does not load/);
});

test('a cached build of this machine is linked and loads; with none, inspection says what is missing', async () => {
  const { MIXTENTION_CACHE, XDG_STATE_HOME, ...closed } = env;
  const given = { MIXTENTION_CACHE: process.env.MIXTENTION_CACHE, XDG_STATE_HOME: process.env.XDG_STATE_HOME };
  const real = { ...closed, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  const { build, compiled } = nativePaths(await findTfjsNode(root), real);
  const ok = holdsCompiled(compiled) && (await damageOfFolder(build, tensorflowWheel, { full: true })) === undefined;
  const report = await setUpTfjsNode({ root, env: ok ? real : env });
  const seen = await inspectTfjsNode({ root, env: ok ? real : env });
  assert.equal(report.status, ok ? 'ready' : 'unavailable', report.sentence);
  assert.equal(report.source, ok ? 'cache' : null);
  assert.equal(seen.loads, ok);
  assert.equal(seen.damaged, false);
  assert.equal(seen.tensorflow, ok ? tensorflowWheel.tensorflow : null);
  assert.equal(seen.advice.length > 0, !ok);
  const second = await setUpTfjsNode({ root, env: ok ? real : env });
  assert.equal(second.status, report.status);
  assert.equal(second.source, report.source);
});

test('a stamp holds while addon and libraries are the same files, also behind links', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-stamp-'));
  const build = join(folder, 'build');
  const tfjsNode = {
    folder,
    addonPath: join(folder, 'lib', 'n', 'tfjs_binding.node'),
    libraryFolder: join(folder, 'deps', 'lib'),
  };
  const compiled = join(folder, 'compiled');
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // of "abc", FIPS 180-2
  const recipe = { libraries: [{ name: 'a.so', bytes: 3, sha256 }] };
  for (const path of [build, compiled]) await mkdir(path);
  await writeFile(join(build, 'a.so'), 'abc');
  for (const name of Object.values(compiledFiles)) await writeFile(join(compiled, name), name);
  const isFresh = async () => (await readStamp(tfjsNode))?.fresh;
  const linkAnew = async () => {
    await linkBuild(tfjsNode, { build, compiled }, recipe);
    assert.equal(await isFresh(), undefined);
    await writeStamp(tfjsNode, { source: 'cache', tensorflow: '1', files: await describe(tfjsNode) });
    assert.deepEqual(await readStamp(tfjsNode), { source: 'cache', tensorflow: '1', fresh: true });
  };
  await linkBuild(tfjsNode, { build, compiled }, recipe);
  await linkAnew();
  assert.equal(await readFile(join(folder, 'deps', 'lib', 'a.so'), 'utf8'), 'abc');
  await utimes(join(build, 'a.so'), new Date(0), new Date(0));
  assert.equal(await isFresh(), false);
  await unlinkBuild(tfjsNode, recipe);
  await linkAnew();
  await writeFile(join(folder, 'deps', 'lib', 'another.so'), '');
  assert.equal(await isFresh(), false);
  await rm(join(folder, 'deps', 'lib', 'another.so'));
  assert.equal(await isFresh(), true);
  await rm(build, { recursive: true });
  assert.equal(await isFresh(), false);
  await rm(folder, { recursive: true });
});

test('advice names what is missing and the command to run', () => {
  const here = {
    off: false,
    installed: true,
    pip: undefined,
    compiler: undefined,
    isFetched: false,
    mismatch: undefined,
  };
  const facts = { ...here, command: 'npm run setup' };
  const all = (more) => adviseNative({ ...facts, ...more }).join(' ');
  assert.match(all({ off: true }), /MIXTENTION_NATIVE/);
  assert.match(all({ installed: false }), /npm install .* then run `npm run setup`/);
  const elsewhere = { mismatch: 'the TensorFlow wheel is for x86-64 Linux and this is darwin arm64' };
  assert.match(all(elsewhere), /only when `npm run setup -- --vendor-installer` asks for it/);
  const byPackage = { ...elsewhere, command: 'npx mixtention setup-native' };
  assert.match(all(byPackage), /`npx mixtention setup-native --vendor-installer`/);
  if (wheelMismatch() !== undefined) return; // what follows is for where the wheel serves
  assert.match(all({}), /python3-pip.*g\+\+.*npm run setup/);
  assert.doesNotMatch(all({ isFetched: true }), /python3-pip/);
  assert.match(all({ isFetched: true }), /g\+\+/);
  assert.match(all({ pip: {}, compiler: {} }), /Let pip reach a package index/);
  assert.match(all({ compiler: {}, isFetched: true }), /to check all of it and build it anew/);
});

async function linkAll(from, to, except) {
  for (const name of await readdir(from)) if (name !== except) await symlink(join(from, name), join(to, name));
}

async function copyPackage() {
  const [from, to] = [REPOSITORY, root].map((base) => join(base, 'node_modules', '@tensorflow', 'tfjs-node'));
  for (const name of await readdir(from))
    if (!['deps', 'lib', 'build'].includes(name)) await cp(join(from, name), join(to, name), { recursive: true });
}
