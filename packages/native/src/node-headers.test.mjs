import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fetchNodeHeaders, findNodeHeaders } from './node-headers.mjs';

const folder = await mkdtemp(join(tmpdir(), 'mixtention-headers-'));
after(() => rm(folder, { recursive: true, force: true }));

test('headers from npm that are not the pinned ones are refused', async () => {
  const own = join(folder, 'own');
  await mkdir(join(own, 'include'), { recursive: true });
  await writeFile(join(own, 'package.json'), JSON.stringify({ name: 'node-api-headers', version: '1.9.0' }));
  await writeFile(join(own, 'include', 'node_api.h'), 'abc');
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // of "abc", FIPS 180-2
  const fetch = (name, pin) =>
    fetchNodeHeaders(
      join(folder, name),
      { env: process.env },
      { requirement: own, headers: [{ name: 'node_api.h', ...pin }] },
    );
  const found = await fetch('right', { bytes: 3, sha256 });
  assert.match(found, /include$/);
  const wrong = fetch('wrong', { bytes: 3, sha256: sha256.replace('b', 'c') });
  await assert.rejects(
    wrong,
    /node_api\.h from npm is not the pinned file: its SHA-256 does not match, so it was not used/,
  );
  await assert.rejects(fetch('short', { bytes: 4, sha256 }), /has 3 bytes instead of 4/);
});

test('the folder that npm is told to take headers from comes first', async () => {
  const include = join(folder, 'mine', 'include', 'node');
  await mkdir(include, { recursive: true });
  await writeFile(join(include, 'node_api.h'), '');
  assert.equal(findNodeHeaders({ npm_config_nodedir: join(folder, 'mine') }), include);
});
