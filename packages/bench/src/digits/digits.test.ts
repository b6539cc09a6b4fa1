import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import { loadDigits } from './digits.ts';
import { STANDARD_FILES } from './standard-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'mixtention-digits-'));
const TRAIN = '0 1 \n1 1 \n0 0 \n';
const TEST = '1 0 \n';

afterAll(() => rm(folder, { recursive: true }));

async function folderOf(name: string, files: Record<string, string | Uint8Array>): Promise<string> {
  const own = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(own, path, '..'), { recursive: true });
    await writeFile(join(own, path), content);
  }
  return own;
}

test('standard files are found plain or gzipped, in the folder or in binarized-mnist below it', async () => {
  const { train, test: unseen } = STANDARD_FILES;
  const plain = { [train.name]: TRAIN, [unseen.name]: TEST };
  const packed = {
    [`binarized-mnist/${train.name}.gz`]: gzipSync(TRAIN),
    [`binarized-mnist/${unseen.name}.gz`]: gzipSync(TEST),
  };
  for (const files of [plain, packed]) {
    const digits = await loadDigits(await folderOf(files === plain ? 'plain' : 'packed', files));
    expect(digits.isStandard).toBe(true);
    expect(Array.from(digits.train.data)).toEqual([0, 1, 1, 1, 0, 0]);
    expect(Array.from(digits.test.data)).toEqual([1, 0]);
  }
});

test('downloaded files are used where nothing is named', async () => {
  const files = { [`data/${STANDARD_FILES.train.name}`]: TRAIN, [`data/${STANDARD_FILES.test.name}`]: TEST };
  vi.stubEnv('MIXTENTION_CACHE', await folderOf('cache', files));
  expect((await loadDigits('')).train.rows).toBe(3);
  vi.unstubAllEnvs();
});

test('without the files the packaged digits come, and say when a folder was named in vain', async () => {
  vi.stubEnv('MIXTENTION_CACHE', join(folder, 'nothing'));
  const digits = await loadDigits(await folderOf('half', { [STANDARD_FILES.train.name]: TRAIN }));
  expect(digits.isStandard).toBe(false);
  expect(digits.name).toContain('MIXTENTION_DATA names a folder without the standard files');
  vi.unstubAllEnvs();
});

test('a broken standard file is refused by name', async () => {
  const files = { [STANDARD_FILES.train.name]: '0 1 \n0 2 \n', [STANDARD_FILES.test.name]: TEST };
  await expect(loadDigits(await folderOf('broken', files))).rejects.toThrow(
    /binarized_mnist_train\.amat.*row 1.*line 2/,
  );
});
