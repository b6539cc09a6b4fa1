import { open } from 'node:fs/promises';
import { writeNpy } from '@mixtention/files';
import { faithful } from '@mixtention/mixture';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faithfulCsv, mixtention, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  folder = await workFolder();
});
afterAll(() => folder.remove());

const fitted = (stdout: string): object => ({
  ...(JSON.parse(stdout) as object),
  seconds: null,
  passSeconds: null,
  trace: null,
});

it('--stream gives the same result, of a file and of standard input', async () => {
  const path = await folder.put('faithful.csv', faithfulCsv());
  const words = ['--json', '--workers', '0', '--backend', 'plain', '--exclude', 'waiting'];
  const [due, streamed, input] = await Promise.all([
    mixtention(['fit', path, ...words]),
    mixtention(['fit', path, '--stream', ...words]),
    mixtention(['fit', '-', '--stream', ...words], { input: faithfulCsv() }),
  ]);
  expect(fitted(streamed.stdout)).toEqual(fitted(due.stdout));
  expect(fitted(input.stdout)).toEqual(fitted(due.stdout));
  expect(streamed.stderr).not.toContain('memory');
});

it('a table that does not fit into memory is streamed by itself, and both numbers are said', async () => {
  // A terabyte of zeros that take no room on the disk, behind one cell that ends the first pass.
  const [rows, cols] = [2 ** 27, 1024];
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${cols}), }\n`;
  const header = Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from(`NUMPY\x01\x00${String.fromCharCode(text.length)}\x00${text}`),
  ]);
  const path = folder.path('large.npy');
  const file = await open(path, 'w');
  await file.write(Buffer.concat([header, new Uint8Array(Float64Array.of(Number.NaN).buffer)]));
  await file.truncate(header.length + rows * cols * 8);
  await file.close();
  const { code, stderr } = await mixtention(['fit', path, '--workers', '0', '--backend', 'plain']);
  expect(stderr).toMatch(
    /large\.npy takes about 1\.1 TB of memory, the .* leaves [\d.]+ [kMGT]B: its rows are read from the disk in every pass/,
  );
  expect(stderr).toContain('row 0, column 0 (counted from 0) is NaN, a finite number was due');
  expect(code).toBe(2);
});

it('numbers that are read in place are fitted as those that are read whole', async () => {
  const path = await folder.put('faithful.npy', writeNpy(faithful()));
  const words = ['--json', '--workers', '0', '--backend', 'plain'];
  const [npy, text] = await Promise.all([
    mixtention(['fit', path, ...words]),
    mixtention(['fit', await folder.put('no-names.csv', faithfulCsv().split('\n').slice(1).join('\n')), ...words]),
  ]);
  expect(fitted(npy.stdout)).toEqual(fitted(text.stdout));
});
