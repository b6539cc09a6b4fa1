import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSource } from './open-source.ts';
import { parseCsv } from './parse-csv.ts';
import { readMatrix } from './read-matrix.ts';
import { faultOf, utf8 } from './testing.ts';
import { writeNpy } from './write-npy.ts';

const { NaN: gap } = Number;
/** Values of `b` may be missing. */
const missing = (_: number, name: string | null): boolean => name === 'b';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-missing-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

it.each(['', ' ', '""', 'NA', '"N/A"', 'null', '?', '-', 'nan', 'NaN'])(
  'a cell that is %j is NaN where values may be missing, first, amid and last in its line',
  (cell) => {
    for (const [text, due] of [
      [`b,a\n${cell},7\n5,5\n`, [gap, 7, 5, 5]],
      [`a,b,c\r\n7,${cell},8\r\n`, [7, gap, 8]],
      [`a,b\n5,5\n7,${cell}`, [5, 5, 7, gap]],
    ] as const)
      expect([...parseCsv(utf8(text), 'x.csv', { missing }).data]).toEqual(due);
  },
);

it.each([
  ['a,b\n1,2\n,4\n', 'row 1, column 0 "a" (counted from 0; line 3) is empty, a number was due'],
  ['a,b\n1,2\nNA,4\n', 'row 1, column 0 "a" (counted from 0; line 3) is "NA", a missing value; a number was due'],
  ['a,b\n1,2\n3,none at all\n', 'row 1, column 1 "b" (counted from 0; line 3) is "none at all", a number was due'],
  ['a,b\n1,2\n3,1e999\n', 'row 1, column 1 "b" (counted from 0; line 3) is "1e999", a finite number was due'],
  [
    'a,b\n1,2\n3,"\n',
    'row 1, column 1 "b" (counted from 0; line 3) is """, a number was due (its quote is not closed on this line)',
  ],
  ['b,a\n1,2\n\n3,4\n', 'row 1 (counted from 0; line 3) is blank, 2 cells were due'],
  ['b\n1\n\n3\n', 'row 1 (counted from 0; line 3) is blank, 1 cell was due'],
])('%j is refused as ever', async (text, sentence) => {
  expect((await faultOf(() => parseCsv(utf8(text), 'x.csv', { missing }))).message).toContain(sentence);
});

it('columns are told by their places among those that are taken, and by name', async () => {
  const told: unknown[] = [];
  const options = {
    id: 'id',
    columns: ['c', 'a'],
    missing: (...column: unknown[]): boolean => told.push(column) > 0,
  };
  const { data } = parseCsv(utf8('id,a,b,c\nx,,,\nNA,1,?,2\n'), 'x.csv', options);
  expect([...data]).toEqual([gap, gap, 2, 1]);
  expect(told).toEqual([
    [1, 'a'],
    [0, 'c'],
  ]);
});

it.each(['float64', 'float32'] as const)('NaN of %s stands in .npy where values may be missing', async (type) => {
  const cells = [1, gap, 3, 4];
  const data = type === 'float64' ? Float64Array.from(cells) : Float32Array.from(cells);
  const path = await file(`${type}.npy`, writeNpy({ data, rows: 2, cols: 2 }));
  const second = { missing: (column: number): boolean => column === 1 };
  expect(await readMatrix(path, second)).toEqual({ data, rows: 2, cols: 2 });
  expect((await readMatrix(path, { columns: [1, 0], missing: (column) => column === 0 })).data[0]).toBe(gap);
  const first = { missing: (column: number): boolean => column === 0 };
  expect((await faultOf(() => readMatrix(path, first))).message).toContain('row 0, column 1 (counted from 0) is NaN');
});

it('a source holds NaN for what is missing', async () => {
  const source = await openSource(await file('x.csv', 'a,b\n1,\n2,NA\n3,4\n'), { missing });
  const into = new Float64Array(6);
  source.read(0, 3, into);
  source.close();
  expect([...into]).toEqual([1, gap, 2, gap, 3, 4]);
});
