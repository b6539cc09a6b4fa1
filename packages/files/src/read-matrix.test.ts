import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMatrix } from './read-matrix.ts';
import { faultOf, integers } from './testing.ts';
import { writeNpy } from './write-npy.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file into the test's own folder; returns its path. */
async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const npy = writeNpy({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 });
const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4);

describe('readMatrix', () => {
  it.each([
    ['x.npy', npy],
    ['x.npy.gz', gzipSync(npy)],
    ['x.data', npy],
    ['x.csv', '1,2\n3,4\n'],
    ['x.csv.gz', gzipSync('1,2\n3,4\n')],
    ['packed-without-its-name.csv', gzipSync('1,2\n3,4\n')],
    ['X.CSV', '1,2\n3,4\n'],
    ['x.tsv', '1\t2\n3\t4\n'],
    ['x.txt', '1 2\n3 4\n'],
    ['x.idx', idx],
    ['x-images-idx3-ubyte', idx],
    ['x-images-idx3-ubyte.gz', gzipSync(idx)],
    ['x-images.idx3-ubyte', idx],
    ['anything', idx],
  ])('reads %s', async (name, content) => {
    const { data, rows, cols } = await readMatrix(await file(name, content));
    expect([rows, cols, [...data]]).toEqual([2, 2, [1, 2, 3, 4]]);
  });

  it('reads zeros and ones, packed and not', async () => {
    expect([...(await readMatrix(await file('x.amat', '0 1\n1 1\n'))).data]).toEqual([0, 1, 1, 1]);
    expect([...(await readMatrix(await file('x.amat.gz', gzipSync('0 1\n1 1\n')))).data]).toEqual([0, 1, 1, 1]);
  });

  it('takes delimiter, header and format from its options', async () => {
    const path = await file('numbers.dat', '2020;2021\n1;2\n');
    expect(await readMatrix(path, { format: 'csv', delimiter: ';', header: true })).toEqual({
      data: Float64Array.of(1, 2),
      rows: 1,
      cols: 2,
      columns: ['2020', '2021'],
    });
  });

  it('names what is no path', async () => {
    expect((await faultOf(() => readMatrix(''))).message).toBe('"": no such file');
    await expect(readMatrix(undefined as never)).rejects.toThrow('the path is undefined, a text was due');
  });

  it.each([
    ['an empty file', 'empty.csv', '', 'EMPTY', 'is empty, rows of numbers were due'],
    ['an empty file packed', 'empty.npy.gz', gzipSync(''), 'EMPTY', 'is empty, rows of numbers were due'],
    ['text named as .npy', 'text.npy', '1,2\n', 'BAD_MAGIC', 'does not begin as a .npy file does, with \\x93NUMPY'],
    [
      'text named as IDX',
      'text-idx3-ubyte',
      '1,2\n',
      'BAD_MAGIC',
      'does not begin as an IDX file does, with two zero bytes',
    ],
    [
      'text named as packed IDX',
      't10k-labels-idx1-ubyte.gz',
      'text',
      'BAD_MAGIC',
      'does not begin as an IDX file does',
    ],
    [
      'an extension that says nothing',
      'x.dat',
      '1,2\n',
      'UNSUPPORTED',
      'is of no known kind (.npy, .csv, .tsv, .txt, .idx, .amat, each also',
    ],
    [
      'a zip archive',
      'x.npz',
      'PK\u0003\u0004',
      'UNSUPPORTED',
      'is a zip archive (as .npz and .xlsx are), a .npy or text file was due',
    ],
    ['gzip in gzip', 'x.csv.gz.gz', gzipSync(gzipSync('1,2')), 'UNSUPPORTED', 'is gzip inside gzip, one layer is read'],
    [
      'a packed file cut off',
      'cut.csv.gz',
      gzipSync('1,2\n').subarray(0, -3),
      'TRUNCATED',
      'is a gzip file that ends too early',
    ],
  ] as const)('refuses %s', async (_, name, content, code, sentence) => {
    const path = await file(name, content);
    const fault = await faultOf(() => readMatrix(path));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(`${path}: ${sentence}`);
  });

  it('refuses a file that is not there, a directory, and a path through a file', async () => {
    const missing = join(folder, 'missing.csv');
    expect(await faultOf(() => readMatrix(missing))).toEqual({
      code: 'NOT_FOUND',
      message: `${missing}: no such file`,
    });
    await mkdir(join(folder, 'directory.csv'));
    expect((await faultOf(() => readMatrix(join(folder, 'directory.csv')))).message).toContain(
      'is a directory, a data file was due',
    );
    const through = join(await file('leaf.csv', '1'), 'x.csv');
    const fault = await faultOf(() => readMatrix(through));
    expect(fault).toEqual({
      code: 'UNREADABLE',
      message: `${through}: cannot be read: a part of its path is no directory`,
    });
  });

  it.runIf(process.platform !== 'win32')(
    'refuses a pipe, a device and links in a circle, and waits for none of them',
    async () => {
      const pipe = join(folder, 'pipe.csv');
      execFileSync('mkfifo', [pipe]);
      expect((await faultOf(() => readMatrix(pipe))).message).toContain('is no regular file, a data file was due');
      expect((await faultOf(() => readMatrix('/dev/zero'))).code).toBe('UNSUPPORTED');
      const circle = join(folder, 'circle.csv');
      await symlink(circle, circle);
      expect((await faultOf(() => readMatrix(circle))).message).toContain(
        'cannot be read: its links go round in a circle',
      );
    },
  );

  it('refuses a file beyond its cap by its size alone', async () => {
    const path = await file('large.csv', '1,2\n');
    expect((await faultOf(() => readMatrix(path, { maxBytes: 3 }))).message).toContain(
      'has 4 bytes, at most 3 bytes are read',
    );
    await truncate(path, 5 * 2 ** 30);
    const fault = await faultOf(() => readMatrix(path));
    expect(fault.code).toBe('TOO_LARGE');
    expect(fault.message).toContain('has 5,368,709,120 bytes, at most 4,294,967,296 bytes are read');
  });

  it('refuses options that it does not know, with a hint', async () => {
    const path = await file('options.csv', '1,2\n');
    const wrong = (options: object) => expect(readMatrix(path, options)).rejects;
    await wrong({ delimeter: ';' }).toThrow(
      '[files] readMatrix: unknown option "delimeter", did you mean "delimiter"?',
    );
    await wrong({ maxBytes: 0 }).toThrow('[files] readMatrix: maxBytes is 0, a whole number of bytes was due');
    await wrong({ maxBytes: 1.5 }).toThrow('maxBytes is 1.5');
    await wrong({ header: 'yes' }).toThrow('header is yes, true, false or "auto" was due');
    await wrong({ format: 'parquet' }).toThrow(
      '[files] readMatrix: format is "parquet", one of npy, csv, idx, amat was due',
    );
  });

  it('does not let the name of a file write to the terminal', async () => {
    const fault = await faultOf(() => readMatrix(join(folder, '\x1b[2J\u202e.csv')));
    expect(fault.message).toContain('\\u001b[2J\\u202e.csv: no such file');
  });

  it('reads the static binarised MNIST files whole, or files of their size', async () => {
    const rows = { train: 50_000, valid: 10_000, test: 10_000 };
    for (const [part, due] of Object.entries(rows)) {
      const path = (await standardFile(part)) ?? (await imitation(part, due));
      const matrix = await readMatrix(path);
      expect([matrix.rows, matrix.cols, matrix.data.length]).toEqual([due, 784, due * 784]);
      let [ones, others] = [0, 0];
      for (const value of matrix.data) {
        if (value === 1) ones++;
        else if (value !== 0) others++;
      }
      expect(others).toBe(0);
      const share = ones / matrix.data.length;
      expect(share).toBeGreaterThan(0.12);
      expect(share).toBeLessThan(0.14);
    }
  });
});

/** The real file, when MIXTENTION_DATA leads to it. */
async function standardFile(part: string): Promise<string | null> {
  const root = process.env.MIXTENTION_DATA ?? '';
  const name = `binarized_mnist_${part}.amat`;
  const places = [root, join(root, 'binarized-mnist')].flatMap((at) => [join(at, name), join(at, `${name}.gz`)]);
  return root === '' ? null : (places.find((path) => existsSync(path)) ?? null);
}

/** A file of the same shape, size and share of ones (13 %): a hundred rows, again and again. */
async function imitation(part: string, rows: number): Promise<string> {
  const some = Buffer.alloc(100 * 784 * 2, '0 ');
  const next = integers(1);
  for (let i = 0; i < 100 * 784; i++) {
    if (next(100) < 13) some[2 * i] = 0x31;
    if (i % 784 === 783) some[2 * i + 1] = 0x0a;
  }
  return file(`binarized_mnist_${part}.amat.gz`, gzipSync(Buffer.alloc(rows * 784 * 2, some), { level: 1 }));
}
