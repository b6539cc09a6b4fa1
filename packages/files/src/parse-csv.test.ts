import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixture from './csv.fixture.json' with { type: 'json' };
import { parseCsv } from './parse-csv.ts';
import { doubles, faultOf, fromBase64, utf8 } from './testing.ts';

const NAME = 'digits.csv';
const csv = (text: string) => parseCsv(utf8(text), NAME);

describe('parseCsv', () => {
  it('reads numbers, row by row', () => {
    expect(csv('1,2.5\n-3,4e2\n')).toEqual({ data: Float64Array.of(1, 2.5, -3, 400), rows: 2, cols: 2 });
  });

  it('takes a first line of words as column names', () => {
    const { columns, rows, data } = csv('x,"a ""b"", c"\n1,2\n');
    expect([columns, rows, [...data]]).toEqual([['x', 'a "b", c'], 1, [1, 2]]);
  });

  it('takes names that begin as numbers do beside one that does not', () => {
    expect(csv('label,1x1,1x2\n5,0,0\n').columns).toEqual(['label', '1x1', '1x2']);
  });

  it('takes a first line as a header when told so, whatever it holds', () => {
    const { columns, rows } = parseCsv(utf8('2020,2021\n1,2\n'), NAME, { header: true });
    expect([columns, rows]).toEqual([['2020', '2021'], 1]);
  });

  it('takes a first line as a row when told so', async () => {
    const fault = await faultOf(() => parseCsv(utf8('x,y\n1,2\n'), NAME, { header: false }));
    expect(fault.message).toBe('digits.csv: row 0, column 0 (counted from 0; line 1) is "x", a number was due');
  });

  it('passes over a byte order mark, CR LF, blanks around cells, quotes around numbers and blank lines at the end', () => {
    expect([...csv('\ufeffx,y\r\n 1 ,\t2\r\n"3"," 4 "\r\n\r\n\n').data]).toEqual([1, 2, 3, 4]);
  });

  it('reads lines that end in CR alone, with comments, header and ids', () => {
    const text = utf8('# saved long ago\rname,x,y\r"a, b",1,2\rc,3,4\r');
    expect(parseCsv(text, NAME, { id: 'name' })).toMatchObject({
      data: Float64Array.of(1, 2, 3, 4),
      columns: ['x', 'y'],
      ids: ['a, b', 'c'],
    });
  });

  it('reads other delimiters, and runs of blanks', () => {
    expect([...parseCsv(utf8('1;2\n3;4'), NAME, { delimiter: ';' }).data]).toEqual([1, 2, 3, 4]);
    expect([...parseCsv(utf8('1\t2\n3\t4'), NAME, { delimiter: '\t' }).data]).toEqual([1, 2, 3, 4]);
    expect([...parseCsv(utf8('  1   2 \n3\t4 \n'), NAME, { delimiter: ' ' }).data]).toEqual([1, 2, 3, 4]);
    expect(parseCsv(utf8('x  y\n1 2'), NAME, { delimiter: ' ' }).columns).toEqual(['x', 'y']);
  });

  it('keeps an empty cell between tabs empty', async () => {
    const fault = await faultOf(() => parseCsv(utf8('1\t2\n\t4\n'), NAME, { delimiter: '\t' }));
    expect(fault.message).toBe('digits.csv: row 1, column 0 (counted from 0; line 2) is empty, a number was due');
  });

  it.each(['', ',,', '1', 'e', '-', '.', '"', '\n', 'ä'])('refuses %j as a delimiter', (delimiter) => {
    expect(() => parseCsv(utf8('1'), NAME, { delimiter })).toThrow(/^\[files\] readMatrix: delimiter is /);
  });

  it('makes room by what the file holds, not by its widest line times its lines', async () => {
    const wide = `${'1,'.repeat(99_999)}1\n`;
    const fault = await faultOf(() => csv(wide + '1\n'.repeat(100_000)));
    expect(fault.message).toBe('digits.csv: row 1 (counted from 0; line 2) has 1 cell, 100,000 cells were due');
  });

  it('gets through ten million bytes in one cell', async () => {
    expect(csv(`1\n${'0'.repeat(1e7)}2\n`).data[1]).toBe(2);
    expect((await faultOf(() => csv(`1\n${'1'.repeat(1e7)}x\n`))).code).toBe('BAD_CELL');
    expect((await faultOf(() => csv(`1\n${' '.repeat(1e7)}x\n`))).code).toBe('BAD_CELL');
    expect((await faultOf(() => csv(`x${' '.repeat(1e7)}y,"${'""'.repeat(1e6)}`))).code).toBe('BAD_HEADER');
  });

  it('reads decimals to the last bit as Python does', () => {
    const { data } = csv(fixture.texts.join('\n'));
    const due = doubles(fixture.values);
    const wrong = fixture.texts.filter((_, i) => !Object.is(data[i], due[i]));
    expect(wrong).toEqual([]);
  });

  it('reads what numpy.savetxt writes', () => {
    const { file, rows, cols, values } = fixture.savetxt;
    expect(parseCsv(fromBase64(file), 'x.txt', { delimiter: ' ' })).toEqual({ data: doubles(values), rows, cols });
  });

  it('reads back any matrix, with any delimiter, line end and header, to the last bit', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const table = fc.integer({ min: 1, max: 6 }).chain((cols) =>
      fc.record({
        cols: fc.constant(cols),
        cells: fc.array(fc.array(number, { minLength: cols, maxLength: cols }), { minLength: 1, maxLength: 8 }),
        delimiter: fc.constantFrom(',', ';', '\t', '|', ' '),
        lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
        hasHeader: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(table, ({ cols, cells, delimiter, lineEnd, hasHeader }) => {
        const names = Array.from({ length: cols }, (_, i) => `column${i}`);
        const text = (row: readonly number[]) =>
          row.map((value) => (Object.is(value, -0) ? '-0' : String(value))).join(delimiter);
        const lines = [...(hasHeader ? [names.join(delimiter)] : []), ...cells.map(text)];
        const matrix = parseCsv(utf8(lines.join(lineEnd)), NAME, { delimiter });
        expect(matrix.data).toEqual(Float64Array.from(cells.flat()));
        expect(matrix.columns).toEqual(hasHeader ? names : undefined);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});
