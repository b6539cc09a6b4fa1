import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { compiledFiles } from './build-addon.mjs';
import { nativePaths } from './context.mjs';
import { inspectTfjsNode } from './inspect.mjs';
import { run } from './run.mjs';
import { setUpTfjsNode } from './set-up.mjs';
import { readStamp } from './stamp.mjs';
import { lackForMiniature, makeMiniature } from './testing/miniature.mjs';
import { findTfjsNode } from './tfjs-node.mjs';

const lack = await lackForMiniature();
const isRequired = process.env.MIXTENTION_NATIVE === 'required';
const options = { skip: lack !== undefined && !isRequired ? lack : false };
const folder = await mkdtemp(join(tmpdir(), 'mixtention-supply-'));
const { recipe, wheels, makeRoot } = options.skip ? {} : await makeMiniature(folder);
const [CC] = recipe?.libraries.map(({ name }) => name) ?? [];
/** Cache and state of a user whose first checkout was set up. */
const kept = join(folder, 'kept');
let count = 0;
let home;
let env;

const environment = (at) => ({
  ...process.env,
  MIXTENTION_NATIVE: '',
  MIXTENTION_CACHE: join(at, 'cache'),
  XDG_STATE_HOME: join(at, 'state'),
  MINIATURE_DIARY: join(at, 'diary'),
  PIP_NO_INDEX: '1',
  PIP_FIND_LINKS: wheels,
});
if (!options.skip) {
  await setUpTfjsNode({ root: await makeRoot('root-of-kept'), env: environment(kept), recipe });
  await rm(join(kept, 'diary'));
}

after(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  home = join(folder, `home-${count++}`);
  env = environment(home);
});

const offline = () => ({ ...env, PIP_FIND_LINKS: join(folder, 'nowhere') });
const setUp = async (root, more = {}) => {
  const lines = [];
  const report = await setUpTfjsNode({ root, env, recipe, log: (line) => lines.push(line), ...more });
  return { ...report, lines: lines.join('\n') };
};
/** A checkout that was set up from a copy of what is kept, without pip or compiler. */
const setUpFromKept = async (root) => {
  await cp(kept, home, { recursive: true });
  const report = await setUp(root, { env: offline() });
  assert.equal(report.source, 'cache', report.sentence);
};
const diary = () => readFile(env.MINIATURE_DIARY, 'utf8').catch(() => '');
const paths = async (root) => nativePaths(await findTfjsNode(root), env, recipe);

/** Other code of the same length, and the time of content put back, to the nanosecond. */
async function tamper(path) {
  const before = await stat(path, { bigint: true });
  const reference = join(home, 'reference');
  await run('touch', ['-r', path, reference]);
  const bytes = await readFile(path);
  const at = bytes.indexOf('good\n');
  if (at >= 0) bytes.write('evil\n', at);
  else bytes.write('//', bytes.length - 3);
  await writeFile(path, bytes);
  await run('touch', ['-r', reference, path]);
  const now = await stat(path, { bigint: true });
  assert.deepEqual([now.size, now.mtimeNs], [before.size, before.mtimeNs]);
}

async function assertNothingIsLinked(root) {
  const { addonPath, libraryFolder } = await findTfjsNode(root);
  assert.deepEqual(await readdir(libraryFolder).catch(() => []), []);
  await assert.rejects(lstat(addonPath), { code: 'ENOENT' });
}

test('a first checkout builds, a second links what is cached, and neither hashes anything again', options, async () => {
  const [first, second] = [await makeRoot(`${count}-first`), await makeRoot(`${count}-second`)];
  const built = await setUp(first);
  assert.deepEqual([built.status, built.source, built.tensorflow], ['ready', 'wheel', '0.0.1'], built.sentence);
  const linked = await setUp(second, { env: offline() });
  assert.equal(linked.source, 'cache', linked.sentence);
  assert.match(linked.lines, /checking the hashes/);
  for (const root of [first, second]) {
    const again = await setUp(root, { env: offline(), quick: true });
    assert.deepEqual([again.status, again.lines], ['ready', '']);
  }
  assert.equal(await diary(), 'good\ngood\n');
});

test(
  'a cached library that was changed under the same size and time is fetched again, and never loaded',
  options,
  async () => {
    const [first, second] = [await makeRoot(`${count}-first`), await makeRoot(`${count}-second`)];
    await setUpFromKept(first);
    const { build } = await paths(first);
    await tamper(join(build, CC));
    const report = await setUp(second);
    assert.equal(report.source, 'wheel', report.sentence);
    assert.match(await readFile(join(build, CC), 'latin1'), /good\n/);
    assert.equal(await diary(), 'good\ngood\n');
  },
);

test('without an index such a library is refused by name, and no link to it is left', options, async () => {
  const [first, second] = [await makeRoot(`${count}-first`), await makeRoot(`${count}-second`)];
  await setUpFromKept(first);
  await tamper(join((await paths(first)).build, CC));
  for (const root of [second, first]) {
    const report = await setUp(root, { env: offline(), quick: true, retry: true });
    assert.equal(report.status, 'unavailable');
    assert.match(report.sentence, new RegExp(`${CC} in the cache is not the pinned file: its SHA-256 does not match`));
    assert.match(report.sentence, /Let pip reach a package index/);
    await assertNothingIsLinked(root);
    const again = await setUp(root, { env: offline(), quick: true });
    assert.match(again.sentence, /not tried again for a day\. Let pip reach a package index/);
  }
  assert.equal(await diary(), 'good\n');
});

test('a checkout notices at its next start that the library behind its link was changed', options, async () => {
  const root = await makeRoot(`${count}-only`);
  await setUpFromKept(root);
  const { build } = await paths(root);
  await tamper(join(build, CC));
  const seen = await inspectTfjsNode({ root, env, recipe });
  assert.deepEqual([seen.loads, seen.damaged], [false, true]);
  assert.match(seen.reason, /is not the pinned file: its SHA-256 does not match, so it was not loaded/);
  const report = await setUp(root, { quick: true });
  assert.equal(report.source, 'wheel', report.sentence);
  assert.equal(await diary(), 'good\ngood\n');
  assert.equal((await inspectTfjsNode({ root, env, recipe })).loads, true);
});

test(
  'nothing that lies in the cache vouches for it: neither a manifest nor an addon nor another library',
  options,
  async () => {
    const [first, second] = [await makeRoot(`${count}-first`), await makeRoot(`${count}-second`)];
    await setUpFromKept(first);
    const { build, compiled } = await paths(first);
    const path = join(build, CC);
    await tamper(path);
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    const { size, mtimeMs } = await stat(path);
    const manifest = { versions: {}, files: [{ name: CC, bytes: size, mtimeMs, sha256 }] };
    await writeFile(join(build, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(build, 'tfjs_binding.node'), 'an addon from elsewhere');
    await cp(path, join(build, 'libm.so.6'));
    const report = await setUp(second);
    assert.equal(report.status, 'ready', report.sentence);
    const { addonPath, libraryFolder } = await findTfjsNode(second);
    assert.deepEqual(await readFile(addonPath), await readFile(join(compiled, compiledFiles.addon)));
    const due = [...recipe.libraries.map(({ name }) => name), compiledFiles.quiet];
    assert.deepEqual((await readdir(libraryFolder)).sort(), due.sort());
    assert.equal(await diary(), 'good\ngood\n');
  },
);

test('a set-up that was killed between link and proof leaves nothing that is trusted', options, async () => {
  const root = await makeRoot(`${count}-only`);
  await setUpFromKept(root);
  const tfjsNode = await findTfjsNode(root);
  await rm(join(dirname(tfjsNode.addonPath), 'mixtention-native.json'));
  await tamper(join((await paths(root)).build, CC));
  assert.equal(await readStamp(tfjsNode), undefined);
  const report = await setUp(root, { env: offline(), quick: true });
  assert.equal(report.status, 'unavailable');
  await assertNothingIsLinked(root);
  assert.equal(await diary(), 'good\n');
});

test('a header that was changed is not compiled', options, async () => {
  const root = await makeRoot(`${count}-only`);
  await setUpFromKept(root);
  const { build, compiled } = await paths(root);
  await rm(compiled, { recursive: true });
  await tamper(join(build, 'include', 'miniature', 'api.h'));
  const refused = await setUp(root, { env: offline(), verify: true });
  assert.equal(refused.status, 'unavailable');
  assert.doesNotMatch(refused.lines, /compiling/);
  const report = await setUp(root, { verify: true });
  assert.equal(report.source, 'wheel', report.sentence);
});

test('an addon that does not load is compiled anew from the cached library, without an index', options, async () => {
  const [first, second] = [await makeRoot(`${count}-first`), await makeRoot(`${count}-second`)];
  await setUpFromKept(first);
  const addon = join((await paths(first)).compiled, compiledFiles.addon);
  await truncate(addon, 100);
  const report = await setUp(second, { env: offline() });
  assert.deepEqual([report.status, report.source], ['ready', 'wheel'], report.sentence);
  assert.ok((await stat(addon)).size > 100);
});

test('a library that is cut short is fetched again', options, async () => {
  const root = await makeRoot(`${count}-only`);
  await setUpFromKept(root);
  await truncate(join((await paths(root)).build, CC), 100);
  const report = await setUp(root, { quick: true });
  assert.equal(report.source, 'wheel', report.sentence);
  assert.match(report.lines, new RegExp(`${CC} has 100 bytes instead of \\d+`));
});

test('what is in place is loaded as a proof, except in a quick look', options, async () => {
  const root = await makeRoot(`${count}-only`);
  await setUpFromKept(root);
  const { folder: home } = await findTfjsNode(root);
  await writeFile(join(home, 'index.js'), 'throw new Error("the package is broken");');
  assert.equal((await setUp(root, { quick: true })).status, 'ready');
  const report = await setUp(root, { env: offline() });
  assert.equal(report.status, 'unavailable');
  assert.match(report.sentence, /the addon does not load \(the package is broken\)/);
});

test('the installer of the vendor is not run until it is asked for', options, async () => {
  const root = await makeRoot(`${count}-only`);
  const marker = join((await findTfjsNode(root)).folder, 'installer-was-run');
  // No way but the installer's is open.
  const without = { ...offline(), PATH: join(folder, 'nowhere') };
  for (const more of [{}, { retry: true }, { verify: true }, { force: true }]) {
    const report = await setUp(root, { env: without, ...more });
    assert.equal(report.status, 'unavailable');
    await assert.rejects(stat(marker), { code: 'ENOENT' });
  }
  const report = await setUp(root, { env: without, vendorInstaller: true });
  assert.match(report.lines, /own installer \(it downloads without checking hashes\)/);
  await stat(marker);
});

test('a cache that cannot be made is named', options, async () => {
  const root = await makeRoot(`${count}-only`);
  await mkdir(home);
  await writeFile(join(home, 'cache'), 'a file where a folder is due');
  const report = await setUp(root);
  assert.match(report.sentence, /cannot be written \(\w+\); MIXTENTION_CACHE names another folder/);
});

test('a wheel that is not the pinned one is refused', options, async () => {
  const root = await makeRoot(`${count}-only`);
  const other = { ...recipe, sha256: '0'.repeat(64) };
  const report = await setUp(root, { recipe: other });
  assert.match(report.sentence, /is not the file that was pinned/);
  await mkdir(join(home, 'cache', 'native'), { recursive: true });
  assert.deepEqual(
    (await readdir(join(home, 'cache', 'native'))).filter((name) => !name.endsWith('.json')),
    [],
  );
});
