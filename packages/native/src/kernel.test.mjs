import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspectKernel } from './inspect-kernel.mjs';
import { kernelPackage } from './kernel-package.mjs';
import { setUpKernel } from './set-up-kernel.mjs';
import { findCompiler } from './tools.mjs';

const work = await mkdtemp(join(tmpdir(), 'mixtention-kernel-test-'));
after(() => rm(work, { recursive: true, force: true }));
const state = { XDG_STATE_HOME: join(work, 'state') };
const withTools = { ...process.env, ...state, MIXTENTION_NATIVE: '' };
const withoutTools = { ...withTools, PATH: '', Path: '', CXX: '' };
const compiler = await findCompiler({ env: withTools });
const canCompile = process.platform !== 'win32' && compiler !== undefined;

/** A place where core is installed, and nothing else. */
async function place(name) {
  const root = join(work, name);
  const core = join(root, 'node_modules', '@mixtention', 'core');
  await mkdir(core, { recursive: true });
  await writeFile(join(core, 'package.json'), '{"name":"@mixtention/core","version":"0.1.0"}');
  return root;
}

test('without a compiler the report says that WebAssembly is used, and why', async () => {
  const root = await place('bare');
  const report = await setUpKernel({ root, env: withoutTools });
  assert.equal(report.status, 'unavailable');
  assert.match(report.sentence, /WebAssembly is used instead.*needs a C\+\+ compiler/);
  assert.deepEqual(await readdir(join(root, 'node_modules', '@mixtention')), ['core']);
  const { loads, reason, advice } = await inspectKernel({ root, env: withoutTools });
  assert.equal(loads, false);
  assert.match(reason, new RegExp(`${kernelPackage()} is not installed, nor was it compiled here`));
  assert.match(advice[0], /Install a C\+\+ compiler/);
});

test('MIXTENTION_NATIVE=off forbids it', async () => {
  const env = { ...withTools, MIXTENTION_NATIVE: 'off' };
  assert.equal((await setUpKernel({ root: await place('off'), env })).status, 'off');
});

test('a build is kept for other checkouts, which need no compiler', {
  skip: !canCompile && 'no C++ compiler',
}, async () => {
  const root = await place('first');
  const lines = [];
  const built = await setUpKernel({ root, env: withTools, retry: true, log: (line) => lines.push(line) });
  assert.equal(built.source, 'built', built.sentence);
  assert.match(lines.join(), /compiling it/);
  assert.equal((await setUpKernel({ root, env: withoutTools, quick: true })).source, 'present');
  assert.equal((await setUpKernel({ root, env: withoutTools })).source, 'present');
  const other = await setUpKernel({ root: await place('second'), env: withoutTools });
  assert.equal(other.source, 'kept', other.sentence);
  const { loads, sets } = await inspectKernel({ root, env: withoutTools });
  assert.equal(loads, true);
  assert.ok(sets.includes('portable'));
});

test('a kernel that does not load is named and replaced', { skip: !canCompile && 'no C++ compiler' }, async () => {
  const root = await place('first');
  const path = join(root, 'node_modules', ...kernelPackage().split('/'), 'kernel.node');
  const whole = await readFile(path);
  await writeFile(path, 'for another machine');
  const { loads, reason } = await inspectKernel({ root, env: withTools });
  assert.equal(loads, false);
  assert.match(reason, /it does not load \(.+\)/);
  assert.equal((await setUpKernel({ root, env: withoutTools })).source, 'kept');
  assert.ok(whole.equals(await readFile(path)));
});

test('a kernel of other sources is told from this one', { skip: !canCompile && 'no C++ compiler' }, async () => {
  const root = await place('first');
  const description = join(root, 'node_modules', ...kernelPackage().split('/'), 'package.json');
  await writeFile(description, JSON.stringify({ main: 'kernel.node', builtHere: 'another' }));
  assert.match((await inspectKernel({ root, env: withTools })).reason, /other sources/);
  assert.equal((await setUpKernel({ root, env: withoutTools, quick: true })).source, 'kept');
});
