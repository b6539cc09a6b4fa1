import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkTarget } from './check-target.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-target-'));
  await writeFile(at('in.csv'), '1\n');
  await symlink('in.csv', at('soft.csv'));
  await link(at('in.csv'), at('hard.csv'));
  await mkdir(at('folder'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a new file, and one that is there, may be written', async () => {
  await checkTarget(at('new.json'), [at('in.csv')]);
  await checkTarget(at('in.csv'), [at('gone.csv')]);
});

it.each(['in.csv', 'soft.csv', 'hard.csv', 'folder/../in.csv'])('an input may not, as %s', async (name) => {
  await expect(checkTarget(at(name), [at('other'), at('in.csv')])).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: `${at(name)}: is the input ${at('in.csv')} itself, another file to write was due`,
  });
});

it('what writing would refuse is refused', async () => {
  await expect(checkTarget(at('folder'))).rejects.toThrow('is a directory, a file to write was due');
  await expect(checkTarget(at('new/'))).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: `${at('new/')}: names a directory, a file to write was due`,
  });
  await expect(checkTarget(at('gone/new.json'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(checkTarget(at('in.csv/new.json'))).rejects.toMatchObject({ code: 'UNWRITABLE' });
});
