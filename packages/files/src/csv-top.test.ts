import { describe, expect, it } from 'vitest';
import { parseCsv } from './parse-csv.ts';
import { faultOf, utf8 } from './testing.ts';

const csv = (text: string, options = {}) => parseCsv(utf8(text), 'x.csv', options);
const messageOf = async (text: string, options = {}) => (await faultOf(() => csv(text, options))).message;

describe('the first line of a text', () => {
  it.each([
    ['NA,NA', 'row 0, column 0 (counted from 0; line 1) is "NA", a missing value; a number was due'],
    ['null,null', 'row 0, column 0 (counted from 0; line 1) is "null", a missing value; a number was due'],
    ['?,?', 'row 0, column 0 (counted from 0; line 1) is "?", a missing value; a number was due'],
    ['n/a,#N/A', 'row 0, column 0 (counted from 0; line 1) is "n/a", a missing value; a number was due'],
    ['nan,NaN', 'row 0, column 0 (counted from 0; line 1) is "nan", a finite number was due'],
    ['1,NA', 'row 0, column 1 (counted from 0; line 1) is "NA", a missing value; a number was due'],
  ])('is no header that holds only words for missing values: %s', async (line, sentence) => {
    expect(await messageOf(`${line}\n1,2\n`)).toBe(`x.csv: ${sentence}`);
  });

  it('may be a header that holds such a word beside others: sodium is one', () => {
    expect(csv('RI,Na,Mg\n1.5,13,4\n').columns).toEqual(['RI', 'Na', 'Mg']);
    expect(csv('NA,null\n1,2\n', { header: true }).columns).toEqual(['NA', 'null']);
  });

  it('names a missing value below a header by its column', async () => {
    expect(await messageOf('x,y\n1,NA\n')).toBe(
      'x.csv: row 0, column 1 "y" (counted from 0; line 2) is "NA", a missing value; a number was due',
    );
  });

  it.each([
    [
      'years',
      '2019,2020,2021\n1,4,2\n5,5,1\n',
      'line 1 (2019, 2020, 2021) is taken for a row; if it names the columns',
    ],
    [
      'years above a row that is a run too',
      '2019,2020,2021\n1,2,3\n9,8,7\n',
      'line 1 (2019, 2020, 2021) is taken for a row',
    ],
    ['numbers of columns', '0,1,2,3,4\n7,7,7,7,7\n', 'line 1 (0, 1, 2, 3, …) is taken for a row'],
    ['whole numbers above fractions', '20,10\n1.5,2.5\n0.25,1e-3\n', 'line 1 (20, 10) is taken for a row'],
    ['a number above a column of fractions', '1\n1.5\n2.5\n', 'line 1 (1) is taken for a row'],
  ])('is a row, with a note, when it holds numbers that may name columns: %s', (_, text, note) => {
    const { rows, notes } = csv(text);
    expect(rows).toBe(text.split('\n').length - 1);
    expect(notes).toHaveLength(1);
    expect(notes![0]).toContain(note);
    expect(csv(text, { header: false })).not.toHaveProperty('notes');
    expect(csv(text, { header: true })).not.toHaveProperty('notes');
  });

  it.each([
    ['whole numbers above whole numbers', '3,1\n4,1\n5,9\n'],
    ['runs of numbers in every row', '1,2,3\n2,3,4\n'],
    ['fractions', '1.5,2.5\n3.5,4.5\n'],
    ['two bits', '0,1\n1,1\n'],
    ['one row', '2019,2020\n'],
    ['equal numbers', '0,0\n0.5,1.5\n1.5,2.5\n'],
  ])('is a row without a word: %s', (_, text) => {
    expect(csv(text)).not.toHaveProperty('notes');
  });

  it('is a header also where older spreadsheets wrote it, in Windows-1252, with a note', () => {
    const { columns, notes } = parseCsv(Uint8Array.of(0x47, 0x72, 0xf6, 0xdf, 0x65, 0x0a, 0x31), 'x.csv');
    expect(columns).toEqual(['Größe']);
    expect(notes).toEqual(['the names of columns are not UTF-8; they are read as Windows-1252']);
  });

  it('is a header rather than a row where a column that is left out holds a word above numbers', async () => {
    const options = { id: 0 };
    expect(await messageOf('id,2019\n7,1\n8,2\n', options)).toContain('column 0 (counted from 0; line 1) is "id"');
    expect(csv('a1,2019\nb7,1\n', options)).toMatchObject({ ids: ['a1', 'b7'], rows: 2, cols: 1 });
  });
});

describe('comments', () => {
  it.each([
    ['# a b\n1 2\n3 4\n', ' '],
    ['#a b\n1 2\n3 4\n', ' '],
    ['# a,b\n1 2\n3 4\n', ' '],
    ['# a,b\n1,2\n3,4\n', ','],
    ['# made by a script\n# a;b\n1;2\n3;4\n', ';'],
  ])('name the columns as numpy.savetxt writes them: %j', (text, delimiter) => {
    for (const options of [{ delimiter }, { delimiter, header: true }])
      expect(csv(text, options)).toMatchObject({ columns: ['a', 'b'], rows: 2, data: Float64Array.of(1, 2, 3, 4) });
    expect(csv(text, { delimiter, header: false })).not.toHaveProperty('columns');
  });

  it('are passed over, with a note, when they name nothing', () => {
    expect(csv('# two columns\n# of 1 and 2\n1,2\n').notes).toEqual(['lines 1 to 2 begin with # and are passed over']);
    expect(csv('# 100 2\n1 2\n', { delimiter: ' ' })).toMatchObject({
      notes: ['line 1 begins with # and is passed over'],
      rows: 1,
    });
  });

  it('give way to a header below them, and lines are counted with them', async () => {
    expect(csv('# p,q\na,b\n1,2\n').columns).toEqual(['a', 'b']);
    expect(await messageOf('# p,q\na,b\n1,2\n3,x\n')).toBe(
      'x.csv: row 1, column 1 "b" (counted from 0; line 4) is "x", a number was due',
    );
  });

  it('alone are no rows', async () => {
    expect(await messageOf('# a,b\n')).toBe('x.csv: holds comments and no rows');
  });
});

describe('the delimiter', () => {
  it.each([
    ['semicolons', 'a;b\n1;2\n'],
    ['semicolons between quotes with commas', '"a,b";"c"\n"1";2\n'],
    ['bars', 'a|b\n1|2\n'],
    ['tabs', 'a\tb\n1\t2\n'],
    ['commas with blanks', 'a, b\n1, 2\n'],
    ['commas with tabs', 'a,\tb\n1,\t2\n'],
    ['commas, a semicolon in a name', 'a;x,b\n1,2\n'],
  ])('is found between the numbers: %s', (_, text) => {
    expect(csv(text)).toMatchObject({ rows: 1, cols: 2, data: Float64Array.of(1, 2) });
  });

  it('is not found between digits that blanks part, as in thousands', async () => {
    expect(await messageOf('1 000\n2 000\n')).toContain('is "1 000", a number was due');
  });

  it('is what the option says, whatever stands there', async () => {
    expect(await messageOf('1;2\n', { delimiter: ',' })).toContain('is "1;2", a number was due');
  });

  it('does not make a damaged row two', async () => {
    expect(await messageOf('1,2\n3;4\n5,6\n')).toContain('column 0 (counted from 0; line 1) is "1,2"');
  });
});

describe('decimal commas', () => {
  it('are read when they are told of, to the last bit', () => {
    const text = 'a;b\n1,5;-0,25\n,5;1e-3\n"2,5";7\n123456789,123456789012;-1,5E2\n';
    expect([...csv(text, { decimal: ',' }).data]).toEqual([1.5, -0.25, 0.5, 0.001, 2.5, 7, 123456789.12345679, -150]);
    expect([...csv('"1,5","2,5"\n3,4\n', { decimal: ',' }).data]).toEqual([1.5, 2.5, 3, 4]);
    expect([...csv('1,5 2,5\n', { decimal: ',', delimiter: ' ' }).data]).toEqual([1.5, 2.5]);
  });

  it('are not guessed: 1,500 may be a thousand and a half', async () => {
    expect(await messageOf('a;b\n1,500;2\n')).toBe(
      'x.csv: row 0, column 0 "a" (counted from 0; line 2) is "1,500", a number was due (if it has a decimal ",", say so with the option decimal ",")',
    );
    expect(await messageOf('1,5;2.5\n', { decimal: ',' })).toContain(
      'is "2.5", a number was due (if it has a decimal "."',
    );
    expect(await messageOf('1.000,5\n', { decimal: ',', delimiter: ';' })).toContain('is "1.000,5", a number was due');
  });

  it('are the only other mark', () => {
    expect(() => csv('1\n', { decimal: '·' })).toThrow('decimal is "·", "." or "," was due');
  });
});
