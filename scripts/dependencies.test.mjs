import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { dependenciesMatch } from './dependencies.mjs';

const LOCK = {
  '': { name: 'root' },
  'packages/mine': { version: '0.1.0' },
  'node_modules/mine': { resolved: 'packages/mine', link: true },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/windows-only': { version: '3.0.0', integrity: 'sha512-w', optional: true },
};
let root;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mixtention-dependencies-'));
  for (const name of ['mine', 'a', 'a/node_modules/b']) {
    await mkdir(join(root, 'node_modules', name), { recursive: true });
    await writeFile(join(root, 'node_modules', name, 'package.json'), '{}');
  }
  const { 'node_modules/windows-only': _, ...there } = LOCK;
  await lock('package-lock.json', LOCK);
  await lock('node_modules/.package-lock.json', there);
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('an installation that lacks only optional packages of other platforms matches', () => {
  assert.equal(dependenciesMatch(root), true);
});

test('another version, a missing package, a removed folder and a missing record do not match', async () => {
  await lock('node_modules/.package-lock.json', {
    ...LOCK,
    'node_modules/a': { version: '1.0.1', integrity: 'sha512-c' },
  });
  assert.equal(dependenciesMatch(root), false);
  await lock('node_modules/.package-lock.json', { 'node_modules/a': LOCK['node_modules/a'] });
  assert.equal(dependenciesMatch(root), false);
  await lock('node_modules/.package-lock.json', LOCK);
  await rm(join(root, 'node_modules', 'a', 'node_modules', 'b'), { recursive: true });
  assert.equal(dependenciesMatch(root), false);
  await rm(join(root, 'node_modules'), { recursive: true });
  assert.equal(dependenciesMatch(root), false);
});

test('tfjs-node must be there, although it is optional so that its own installer cannot make npm fail', async () => {
  const native = { version: '4.22.0', integrity: 'sha512-n', optional: true };
  await lock('package-lock.json', { ...LOCK, 'node_modules/@tensorflow/tfjs-node': native });
  assert.equal(dependenciesMatch(root), false);
});

const lock = (path, packages) => writeFile(join(root, path), JSON.stringify({ packages }));
