import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { checkManifest, writeManifest } from './manifest.mjs';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // SHA-256 of "abc", FIPS 180-2
const FILES = [{ name: 'library', sha256: ABC }, { name: 'addon' }];
let folder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-manifest-'));
  await writeFile(join(folder, 'library'), 'abc');
  await writeFile(join(folder, 'addon'), 'the addon');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder that is as it was written down is intact, quickly and in full', async () => {
  await writeManifest(folder, FILES, { tensorflow: '1' });
  for (const full of [false, true]) {
    const check = await checkManifest(folder, { full });
    assert.equal(check.ok, true);
    assert.equal(check.manifest.files[0].sha256, ABC);
  }
});

test('a file that is not the one due is not written down', async () => {
  await writeFile(join(folder, 'library'), 'abd');
  await assert.rejects(writeManifest(folder, FILES, {}), /library is not the pinned file/);
  assert.deepEqual(await checkManifest(folder), { ok: false, reason: 'there is no manifest' });
});

test('a missing file, another size and another content are each found by the quick check', async () => {
  await writeManifest(folder, FILES, {});
  await writeFile(join(folder, 'addon'), 'THE ADDON');
  await utimes(join(folder, 'addon'), new Date(0), new Date(0));
  assert.deepEqual(await checkManifest(folder), { ok: false, reason: 'addon is damaged: its SHA-256 does not match' });
  await writeFile(join(folder, 'addon'), 'short');
  assert.deepEqual(await checkManifest(folder), { ok: false, reason: 'addon has 5 bytes instead of 9' });
  await rm(join(folder, 'addon'));
  assert.deepEqual(await checkManifest(folder), { ok: false, reason: 'addon is missing' });
});

test('a change that keeps size and time is found by the full check', async () => {
  await writeManifest(folder, FILES, {});
  const path = join(folder, 'library');
  await utimes(path, new Date(1e12), new Date(1e12));
  assert.equal((await checkManifest(folder)).ok, true);
  await writeFile(path, 'xyz');
  await utimes(path, new Date(1e12), new Date(1e12));
  assert.equal((await checkManifest(folder)).ok, true);
  assert.deepEqual(await checkManifest(folder, { full: true }), {
    ok: false,
    reason: 'library is damaged: its SHA-256 does not match',
  });
});

test('a copy with other times is intact, and its times are written down for the next quick check', async () => {
  await writeManifest(folder, FILES, {});
  await utimes(join(folder, 'library'), new Date(1e12), new Date(1e12));
  assert.equal((await checkManifest(folder)).ok, true);
  const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  assert.equal(files[0].mtimeMs, (await stat(join(folder, 'library'))).mtimeMs);
});

test('a manifest that is not one counts as none', async () => {
  for (const text of ['', '{', '{"files":[]}', '[]', 'null']) {
    await writeFile(join(folder, 'manifest.json'), text);
    assert.deepEqual(await checkManifest(folder), { ok: false, reason: 'there is no manifest' });
  }
});

test('an intact folder that cannot be written stays usable', async () => {
  await writeManifest(folder, FILES, {});
  await utimes(join(folder, 'library'), new Date(1e12), new Date(1e12));
  await chmod(folder, 0o555);
  assert.equal((await checkManifest(folder)).ok, true);
  await chmod(folder, 0o755);
});
