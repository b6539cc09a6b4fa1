import { utimesSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBytes } from './read-bytes.ts';
import { faultOf } from './testing.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SIZE = 2 ** 26;

it('a file that is written to while it is read is refused, whatever was read of it', async () => {
  const path = join(folder, 'torn.npy');
  await writeFile(path, new Uint8Array(SIZE));
  // Reading takes longer than a turn of the event loop, and every turn gives the file another time of writing.
  let seconds = 1e9;
  const timer = setInterval(() => utimesSync(path, seconds, seconds++), 0);
  const fault = await faultOf(() => readBytes(path, SIZE)).finally(() => clearInterval(timer));
  expect(fault).toMatchObject({ code: 'UNREADABLE', message: `${path}: changed while it was read; read it again` });
  expect((await readBytes(path, SIZE)).length).toBe(SIZE);
});
