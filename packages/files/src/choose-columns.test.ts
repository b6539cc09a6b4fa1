import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from './parse-csv.ts';
import { readMatrix } from './read-matrix.ts';
import { faultOf, utf8 } from './testing.ts';
import { writeNpy } from './write-npy.ts';

const TEXT = 'id;name;b;a\nA1;"Smith; John";1;10\nB 2;Ängström;2;20\n"C""3";x;3;30\n';
const csv = (options = {}) => parseCsv(utf8(TEXT), 'x.csv', options);
const messageOf = async (options: object, text = TEXT) =>
  (await faultOf(() => parseCsv(utf8(text), 'x.csv', options))).message;

describe('columns of a text', () => {
  it.each([
    [{ columns: ['a', 'b'] }, ['a', 'b'], [10, 1, 20, 2, 30, 3]],
    [{ columns: [3, 2] }, ['a', 'b'], [10, 1, 20, 2, 30, 3]],
    [{ columns: ['a'] }, ['a'], [10, 20, 30]],
    [{ columns: ['3', '2'] }, ['a', 'b'], [10, 1, 20, 2, 30, 3]],
    [{ exclude: ['id', 1] }, ['b', 'a'], [1, 10, 2, 20, 3, 30]],
    [{ exclude: ['name'], id: 'id' }, ['b', 'a'], [1, 10, 2, 20, 3, 30]],
    [{ columns: (names: readonly string[] | null) => [names!.at(-1)!] }, ['a'], [10, 20, 30]],
  ])('are chosen by name or number, in the order that is asked for: %j', (options, columns, data) => {
    expect(csv(options)).toMatchObject({ columns, data: Float64Array.from(data), rows: 3, cols: columns.length });
  });

  it('that are left out may hold anything, and that of the ids any text', () => {
    expect(csv({ columns: ['a'], id: 'id' }).ids).toEqual(['A1', 'B 2', 'C"3']);
    expect(csv({ columns: ['a'], id: 'name' }).ids).toEqual(['Smith; John', 'Ängström', 'x']);
    expect(parseCsv(utf8('u  1 2\r\nv 3  4\r\n'), 'x.txt', { id: 0, delimiter: ' ', header: false })).toMatchObject({
      ids: ['u', 'v'],
      data: Float64Array.of(1, 2, 3, 4),
    });
    const latin = Uint8Array.of(...utf8('a,1\n'), 0xf6, ...utf8(',2\n'));
    expect(parseCsv(latin, 'x.csv', { id: 0 }).ids).toEqual(['a', 'ö']);
  });

  it.each([
    [{ columns: ['A'] }, 'has no column "A" (is it "a"?); it has "id", "name", "b", "a"'],
    [{ exclude: ['weight'] }, 'has no column "weight"; it has "id", "name", "b", "a"'],
    [{ id: 4 }, 'has 4 columns, no column 4 (counted from 0)'],
    [{ columns: [-1] }, 'has 4 columns, no column -1 (counted from 0)'],
    [{ columns: ['a', 3] }, 'column 3 "a" is asked for twice'],
    [{ columns: ['a'], exclude: ['a'] }, 'column 3 "a" is asked for and left out'],
    [{ columns: ['a'], id: 'a' }, 'column 3 "a" is asked for and as id'],
    [{ exclude: [0, 1, 2, 3] }, 'has no column left, at least one was due'],
  ])('that cannot be had are named: %j', async (options, sentence) => {
    expect(await messageOf(options)).toBe(`x.csv: ${sentence}`);
  });

  it('of texts are refused with a hint at what takes them out, unless one row alone is damaged', async () => {
    const hint = ' (the options exclude and id take a column of texts out)';
    expect(await messageOf({ exclude: ['id'] })).toBe(
      `x.csv: row 0, column 1 "name" (counted from 0; line 2) is "Smith; John", a number was due${hint}`,
    );
    expect(await messageOf({}, 'a,b\n1,2\n3,x\n')).not.toContain(hint);
    const many = '(the options exclude and id take columns of texts out: "id", "town")';
    expect(await messageOf({ exclude: ['sex'] }, 'id,sex,age,town,size\nA7,f,NA,Ulm,"1,5"\n')).toContain(many);
    expect(await messageOf({}, 'a,b,c,d,e,f,g,h,i,j\nq,q,q,q,q,q,q,q,q,q\n')).toContain(', "h" and 2 more)');
  });

  it('may have numbers for names, which come first', () => {
    const text = '2,1,0\n10,20,30\n';
    expect(parseCsv(utf8(text), 'x.csv', { header: true, columns: ['2'] }).data[0]).toBe(10);
    expect(parseCsv(utf8(text), 'x.csv', { header: true, columns: [2] }).data[0]).toBe(30);
  });

  it('without names go by number, those of one name too', async () => {
    expect(await messageOf({ columns: ['a'] }, '1,2\n')).toBe(
      'x.csv: names no columns, so "a" is not among them; give its number, from 0',
    );
    expect(await messageOf({ columns: ['a'] }, 'a,a\n1,2\n')).toBe(
      'x.csv: has two columns "a"; give the number of one, from 0',
    );
  });

  it('are as wide as the first line all the same, and bad cells of those that are taken are named', async () => {
    const options = { columns: [1], header: false };
    expect(await messageOf(options, 'a,1\nb,2,3\n')).toContain('row 1 (counted from 0; line 2) has 3 cells, 2 cells');
    expect(await messageOf(options, 'a,1\nb\n')).toContain('has 1 cell, 2 cells were due');
    expect(await messageOf(options, 'a,1\nb,x\n')).toContain('row 1, column 1 (counted from 0; line 2) is "x"');
    expect(await messageOf({ exclude: [1], header: false }, '1,"a\n2,b"\n')).toBe(
      'x.csv: row 0, column 1 (counted from 0; line 1) opens a quote that its line does not close',
    );
  });
});

describe('columns of other files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mixtention-columns-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are chosen by number', async () => {
    const path = join(folder, 'x.npy');
    await writeFile(path, writeNpy({ data: Float32Array.of(7, 1, 2, 8, 3, 4), rows: 2, cols: 3 }));
    expect(await readMatrix(path, { columns: [2, 1], id: 0 })).toEqual({
      data: Float32Array.of(2, 1, 4, 3),
      rows: 2,
      cols: 2,
      ids: ['7', '8'],
    });
    expect((await faultOf(() => readMatrix(path, { columns: ['a'] }))).message).toContain('names no columns');
    expect((await faultOf(() => readMatrix(path, { exclude: [3] }))).message).toContain('has 3 columns, no column 3');
  });
});
