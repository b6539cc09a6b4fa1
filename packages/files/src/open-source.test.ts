import { appendFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Source } from '@mixtention/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readerOf } from './byte-reader.ts';
import { fileSource } from './file-source.ts';
import { openSource } from './open-source.ts';
import { type ReadMatrixOptions, readMatrix } from './read-matrix.ts';
import { readRowParts } from './row-parts.ts';
import { faultOf, integers } from './testing.ts';
import { writeNpy } from './write-npy.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-source-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const ARRAYS = { float64: Float64Array, float32: Float32Array, uint8: Uint8Array, int16: Int16Array } as const;

/** All cells, read two rows at a time, every other part ahead. */
async function cellsOf({ rows, cols, type, read, readAhead }: Source): Promise<number[]> {
  const cells: number[] = [];
  for (let first = 0; first < rows; first += 2) {
    const count = Math.min(2, rows - first);
    const into = new ARRAYS[type as keyof typeof ARRAYS](count * cols);
    if (first % 4 === 0) read(first, count, into);
    else await readAhead(first, count, into);
    cells.push(...into);
  }
  return cells;
}

const npyOf = (descr: string, bytes: Uint8Array, shape = '(3, 2)', fortran = 'False'): Uint8Array => {
  const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`);
  return Buffer.concat([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0), header, bytes]);
};
const float32 = Float32Array.of(1, 2.5, 3, 4, 5, 6);
const raw = ({ buffer }: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(buffer as ArrayBuffer);

it.each<[string, string | Uint8Array, ReadMatrixOptions]>([
  ['f8.npy', writeNpy({ data: Float64Array.of(1, 2.5, 3, 4, 5, 6), rows: 3, cols: 2 }), {}],
  ['f4.npy', writeNpy({ data: float32, rows: 3, cols: 2 }), {}],
  ['f4-packed.npy.gz', gzipSync(writeNpy({ data: float32, rows: 3, cols: 2 })), {}],
  ['f4-chosen.npy', writeNpy({ data: float32, rows: 3, cols: 2 }), { columns: [1] }],
  ['f4-unaligned.npy', npyOf('<f4', raw(float32)), {}],
  ['i2.npy', npyOf('<i2', raw(Int16Array.of(1, -2, 3, 4, 5, 6))), {}],
  ['swapped.npy', npyOf('>i2', Buffer.from(raw(Int16Array.of(1, -2, 3, 4, 5, 6))).swap16()), {}],
  ['i8.npy', npyOf('<i8', raw(BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 6n))), {}],
  ['b1.npy', npyOf('|b1', Uint8Array.of(1, 0, 0, 1, 1, 1)), {}],
  ['column.npy', npyOf('<f4', raw(float32), '(6,)', 'True'), {}],
  ['x.idx', Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4), {}],
  ['x.amat', '0 1 1\n1 0 0\n', {}],
  ['x.csv', 'x,y\n1,2\n3,4\n5,1e-3\n', {}],
  ['marked.csv', '\ufeffx,y\r\n1,2\r\n3,4\r\n\r\n', {}],
  ['no-end.csv', '1,2\n3,4\n5,6', {}],
  ['people.csv', 'id;name;height\nA1;Ann;1,80\nB2;Bob;1,65\n', { id: 'id', exclude: ['name'], decimal: ',' }],
  ['savetxt.txt', '# x y\n1 2\n3 4\n', {}],
  ['years.csv.gz', gzipSync('2019,2020,2021\n1,2,3.5\n4,5,6\n'), {}],
])('%s holds the rows, names and notes that readMatrix reads', async (name, content, options) => {
  const path = await file(name, content);
  const { ids, data, notes = [], ...due } = await readMatrix(path, options);
  const source = await openSource(path, options);
  expect(await cellsOf(source)).toEqual([...data]);
  expect(source).toMatchObject({ ...due, notes });
  source.close();
});

it('numbers that lie as they are held are read in place, all others from a file that nobody sees', async () => {
  const path = await file('in-place.npy', writeNpy({ data: float32, rows: 3, cols: 2 }));
  const placeOf = ({ spec }: Source): unknown => (spec.config as { readonly path: string }).path;
  expect(placeOf(await openSource(path))).toBe(path);
  const directory = join(folder, 'empty');
  await mkdir(directory);
  const converted = await openSource(await file('seen.csv', '1,2\n3,4\n'), { directory });
  expect(placeOf(converted)).not.toBe(path);
  if (process.platform === 'linux') expect(await readdir(directory)).toEqual([]);
  expect(await cellsOf(converted)).toEqual([1, 2, 3, 4]);
  converted.close();
  converted.close();
  expect(await readdir(directory)).toEqual([]);
  expect((await faultOf(() => converted.read(0, 1, new Float64Array(2)))).code).toBe('NOT_FOUND');
});

it('nothing stays of a file that is refused half way', async () => {
  const directory = join(folder, 'refused');
  await mkdir(directory);
  const path = await file('late.csv', `${'1,2\n'.repeat(1_200_000)}3,x\n`);
  expect(await faultOf(() => openSource(path, { directory }))).toEqual({
    code: 'BAD_CELL',
    message: `${path}: row 1200000, column 1 (counted from 0; line 1200001) is "x", a number was due`,
  });
  expect(await readdir(directory)).toEqual([]);
});

it('a temporary file that cannot be written is called what it is, and where another place is said', async () => {
  const path = await file('held.csv', '1,2\n3,4\n');
  const directory = join(folder, 'missing');
  const due = `the temporary file of rows in ${directory}: the directory to write it to does not exist`;
  expect(await faultOf(() => openSource(path, { directory }))).toEqual({ code: 'NOT_FOUND', message: due });
  vi.stubEnv('TMPDIR', directory);
  try {
    const { message } = await faultOf(() => openSource(path));
    expect(message).toBe(`${due}; TMPDIR names another place for it`);
  } finally {
    vi.unstubAllEnvs();
  }
});

it('a file that has changed since is refused, also by whoever reads ahead', async () => {
  const path = await file('changing.npy', writeNpy({ data: float32, rows: 3, cols: 2 }));
  const source = await openSource(path);
  await utimes(path, 1, 1);
  const due = { code: 'UNREADABLE', message: `${path}: has changed since it was opened; open it again` };
  expect(await faultOf(() => source.read(0, 1, new Float32Array(2)))).toEqual(due);
  expect(await faultOf(() => source.readAhead(0, 1, new Float32Array(2)))).toEqual(due);
  await appendFile(path, 'more');
  expect((await faultOf(() => openSource(path))).code).toBe('TRAILING');
  await rm(path);
  expect((await faultOf(() => source.read(0, 1, new Float32Array(2)))).code).toBe('NOT_FOUND');
});

it('a source is made anew from what it says of itself', async () => {
  const { spec } = await openSource(await file('spec.csv', '1,2\n3,4\n'));
  const again = fileSource(structuredClone(spec.config) as Parameters<typeof fileSource>[0]);
  expect(await cellsOf(again)).toEqual([1, 2, 3, 4]);
  expect(again.spec).toEqual(spec);
});

it.each<[string, string | Uint8Array, string]>([
  ['fortran.npy', npyOf('<f4', raw(float32), '(3, 2)', 'True'), 'lies column by column (Fortran order)'],
  ['short.npy', npyOf('<f4', raw(float32).subarray(4)), 'makes'],
  ['short.npy.gz', gzipSync(npyOf('<f4', raw(float32).subarray(4))), 'makes'],
  ['long.npy.gz', gzipSync(npyOf('<f4', raw(Float32Array.of(1, 2, 3, 4, 5, 6, 7)))), 'goes on to'],
  ['cut.csv.gz', gzipSync('1,2\n3,4\n'.repeat(99)).subarray(0, 30), 'is a gzip file that ends too early'],
  ['behind.csv.gz', Buffer.concat([gzipSync('1,2\n'), Buffer.alloc(9)]), 'has 9 bytes behind its gzip stream'],
  ['bomb.npy.gz', gzipSync(npyOf('|u1', Buffer.alloc(65 * 2 ** 20), '(68157440,)')), '200 times as many are read'],
  ['b.npy', npyOf('|b1', Uint8Array.of(1, 0, 0, 1, 2, 1)), 'row 2, column 0 (counted from 0) is 2, a boolean'],
  ['empty.csv', '', 'is empty, rows of numbers were due'],
  ['blank.csv', '\n\n', 'is empty, rows of numbers were due'],
  ['header.csv', 'x,y\n', 'holds a header and no rows'],
])('%s is refused in one sentence', async (name, content, due) => {
  const path = await file(name, content);
  const { message } = await faultOf(() => openSource(path));
  expect(message.startsWith(`${path}: `)).toBe(true);
  expect(message).toContain(due);
});

it('what cannot be opened is refused as readMatrix refuses it', async () => {
  for (const path of [join(folder, 'nowhere.csv'), folder, join(folder, 'nowhere.npy')])
    expect(await faultOf(() => openSource(path))).toEqual(await faultOf(() => readMatrix(path)));
  await expect(openSource('x.csv', { maxBytes: 1 } as object)).rejects.toThrow('openSource: unknown option "maxBytes"');
  await expect(openSource('x.csv', { directory: 1 as never })).rejects.toThrow('directory is 1, a text was due');
});

const SEEDS = [
  'x,y\n1,2\n3,4\n5,6\n',
  '1.5,-2e3,"3"\r\n4,5,6\r\n\r\n',
  '# a\n# x y\n1 2\n3 4',
  'a;b\n"q;1";2\n"";4\n\n\n',
  'x,y\r1,2\r3,4\r\r',
];
const TOKENS = ['\n', '\r\n', '\r', ',', '"', '1', 'x', ' ', ';'];

it('a text in parts of a few bytes gives the rows, or the error, of the whole', async () => {
  const random = integers(7);
  const endings = { rows: 0, refused: 0 };
  for (let mutant = 0; mutant < 300; mutant++) {
    let text = SEEDS[mutant % SEEDS.length]!;
    for (let change = random(3); change > 0; change--) {
      const at = random(text.length);
      text = text.slice(0, at) + TOKENS[random(TOKENS.length)]! + text.slice(at + random(2));
    }
    const path = await file('mutant.csv', text);
    const options: ReadMatrixOptions = mutant % 3 === 0 ? { exclude: [0] } : {};
    const whole = await readMatrix(path, options).catch((error: Error) => error.message);
    const parts = await inParts(text, { path, options, partBytes: 1 + random(9) }).catch((e: Error) => e.message);
    if (typeof whole === 'string') expect(parts, JSON.stringify(text)).toBe(whole);
    else expect(parts, JSON.stringify(text)).toEqual([...whole.data]);
    endings[typeof whole === 'string' ? 'refused' : 'rows']++;
  }
  expect(Math.min(endings.rows, endings.refused)).toBeGreaterThan(60);
});

async function inParts(
  text: string,
  { path, ...reading }: { path: string; options: ReadMatrixOptions; partBytes: number },
): Promise<number[]> {
  const chunks = async function* (): AsyncGenerator<Buffer, void, void> {
    for (let at = 0; at < text.length; at += 5) yield Buffer.from(text.slice(at, at + 5));
  };
  const { parts } = await readRowParts(readerOf(chunks()), { path, name: path, ...reading });
  const cells: number[] = [];
  for await (const { data } of parts) cells.push(...data);
  return cells;
}
