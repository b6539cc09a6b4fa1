import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSource } from './open-source.ts';
import { type ReadMatrixOptions, readMatrix } from './read-matrix.ts';
import { faultOf } from './testing.ts';
import { writeNpy } from './write-npy.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-gaps-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const npy = (...data: number[]): Uint8Array =>
  writeNpy({ data: Float64Array.from(data), rows: data.length / 2, cols: 2 });
const one = '1 row of 3 with missing values is left out';
const two = '2 rows of 3 with missing values are left out';

it.each<[string, string | Uint8Array, ReadMatrixOptions, readonly number[], readonly string[]]>([
  ['first.csv', 'a,b\n,2\n3,4\n5,6\n', {}, [3, 4, 5, 6], [one]],
  ['last.csv', 'a,b\n1,2\nNA,4\n5,?\n', {}, [1, 2], [two]],
  ['none.csv', 'a,b\n1,2\n3,4\n', {}, [1, 2, 3, 4], []],
  ['chosen.csv', 'a,b,c\n1,,2\n3,NA,null\n5,,6\n', { exclude: ['b'] }, [1, 2, 5, 6], [one]],
  ['gaps.npy', npy(1, 2, Number.NaN, 4, 5, 6), {}, [1, 2, 5, 6], [one]],
  ['whole.npy', npy(1, 2, 3, 4), {}, [1, 2, 3, 4], []],
])(
  'of %s rows that lack a value are left out, in memory and streamed, and a note counts them',
  async (name, content, more, cells, notes) => {
    const path = await file(name, content);
    const options = { ...more, dropMissing: true };
    const matrix = await readMatrix(path, options);
    expect([[...matrix.data], matrix.rows, matrix.notes ?? []]).toEqual([cells, cells.length / 2, notes]);
    const source = await openSource(path, options);
    const into = new Float64Array(cells.length);
    source.read(0, source.rows, into);
    expect([[...into], source.rows, source.notes]).toEqual([cells, cells.length / 2, notes]);
    source.close();
  },
);

it('names go with their rows, over many parts of a file', async () => {
  const lines = Array.from({ length: 400_000 }, (_, n) => `R${n},${n % 7 === 3 ? 'NA' : n},0.25`);
  const path = await file('many.csv', `id,x,y\n${lines.join('\n')}`);
  const options = { id: 'id', dropMissing: true };
  const due = lines.flatMap((_, n) => (n % 7 === 3 ? [] : [`R${n}`]));
  const matrix = await readMatrix(path, options);
  const source = await openSource(path, options);
  expect([matrix.rows, source.rows]).toEqual([due.length, due.length]);
  expect(matrix.ids).toEqual(due);
  expect([...source.ids!()]).toEqual(due);
  const last = new Float64Array(2);
  source.read(source.rows - 1, 1, last);
  expect([...last]).toEqual([...matrix.data.subarray(-2)]);
  expect([...last]).toEqual([399_999, 0.25]);
  source.close();
});

it('what is no gap is refused as ever, and so is a file of gaps alone', async () => {
  for (const [content, sentence] of [
    ['a,b\n1,2\n3,x\n', 'row 1, column 1 "b" (counted from 0; line 3) is "x", a number was due'],
    ['a,b\n1,2\n3,inf\n', 'row 1, column 1 "b" (counted from 0; line 3) is "inf"'],
    ['a,b\n1,\n,2\n', 'every row has a missing value, some without were due'],
  ] as const) {
    const path = await file('bad.csv', content);
    for (const read of [readMatrix, openSource])
      expect((await faultOf(() => read(path, { dropMissing: true }))).message).toContain(sentence);
  }
  const path = await file('infinite.npy', npy(1, 2, Number.POSITIVE_INFINITY, 4));
  for (const read of [readMatrix, openSource]) {
    expect((await faultOf(() => read(path, { dropMissing: true }))).message).toContain('is Infinity');
    await expect(read(path, { dropMissing: 1 as never })).rejects.toThrow('dropMissing is 1, true or false was due');
  }
});
