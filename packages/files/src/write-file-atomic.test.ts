import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultOf } from './testing.ts';
import { replaceFile, writeFileAtomic } from './write-file-atomic.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-write-'));
  path = join(folder, 'model.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeFileAtomic', () => {
  it('writes a new file and replaces an old one, and leaves nothing beside it', async () => {
    await writeFileAtomic(path, 'ä');
    expect(await readFile(path, 'utf8')).toBe('ä');
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['model.json']);
  });

  it('writes parts one after the other, and nothing when one cannot be made', async () => {
    await writeFileAtomic(path, ['ä', '', 'b\n']);
    expect(await readFile(path, 'utf8')).toBe('äb\n');
    const parts = function* (): Generator<string, void, void> {
      yield 'new';
      throw new Error('no second part');
    };
    await expect(writeFileAtomic(path, parts())).rejects.toThrow('no second part');
    expect(await readFile(path, 'utf8')).toBe('äb\n');
    expect(await readdir(folder)).toEqual(['model.json']);
  });

  it('leaves the old file as it was when writing fails half-way', async () => {
    await writeFileAtomic(path, 'old');
    const failing = replaceFile(path, async (handle) => {
      await handle.writeFile('ne');
      throw new Error('the disk caught fire');
    });
    await expect(failing).rejects.toThrow('the disk caught fire');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['model.json']);
  });

  it('keeps the old file in place until the new one is whole', async () => {
    await writeFileAtomic(path, 'old');
    await replaceFile(path, async (handle) => {
      await handle.writeFile('new');
      expect(await readFile(path, 'utf8')).toBe('old');
      expect((await readdir(folder)).length).toBe(2);
    });
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('ends with one whole file when twenty are written at once', async () => {
    const contents = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(100_000));
    await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    expect(contents).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['model.json']);
  });

  it('refuses a directory that is not there, a directory as target, and a path through a file', async () => {
    const lost = join(folder, 'no', 'model.json');
    const fault = await faultOf(() => writeFileAtomic(lost, ''));
    expect(fault).toEqual({ code: 'NOT_FOUND', message: `${lost}: the directory to write it to does not exist` });
    await mkdir(path);
    expect((await faultOf(() => writeFileAtomic(path, ''))).message).toBe(
      `${path}: is a directory, a file to write was due`,
    );
    await writeFile(join(folder, 'leaf'), '');
    expect((await faultOf(() => writeFileAtomic(join(folder, 'leaf', 'x'), ''))).code).toBe('UNWRITABLE');
  });

  it.runIf(process.platform !== 'win32')('never puts a file in the place of a device', async () => {
    const fault = await faultOf(() => writeFileAtomic('/dev/null', 'x'));
    expect(fault).toEqual({ code: 'UNSUPPORTED', message: '/dev/null: is no regular file, a file to write was due' });
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it.runIf(process.platform !== 'win32')('writes to where a symbolic link leads, and keeps the link', async () => {
    await writeFileAtomic(path, 'old');
    const link = join(folder, 'link.json');
    await symlink(path, link);
    await writeFileAtomic(link, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readlink(link)).toBe(path);
  });

  it('writes a file whose name is as long as names may be, and says so when it is longer', async () => {
    await writeFileAtomic(join(folder, 'x'.repeat(255)), 'x');
    const long = join(folder, 'x'.repeat(256));
    const fault = await faultOf(() => writeFileAtomic(long, 'x'));
    expect(fault).toEqual({ code: 'UNWRITABLE', message: `${long}: cannot be written: its name is too long` });
  });
});
