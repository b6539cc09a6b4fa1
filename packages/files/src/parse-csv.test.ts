import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixture from './csv.fixture.json' with { type: 'json' };
import { parseCsv } from './parse-csv.ts';
import { type BadFile, doubles, faultOf, fromBase64, utf8 } from './testing.ts';

const NAME = 'digits.csv';
const csv = (text: string) => parseCsv(utf8(text), NAME);

const BAD: readonly BadFile[] = [
  ['a file of no bytes', utf8(''), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a file of line ends', utf8('\n\r\n\n'), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a byte order mark alone', utf8('\ufeff'), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a header alone', utf8('x,y\n'), 'EMPTY', 'holds a header and no rows'],
  ['a word', utf8('1,2\n3,4\n5,abc\n'), 'BAD_CELL', 'row 3, column 2 is "abc", a number was due'],
  [
    'a word below a header',
    utf8('x,y\n1,2\n3,abc\n'),
    'BAD_CELL',
    'row 2 (line 3), column 2 is "abc", a number was due',
  ],
  [
    'a word beside numbers in the first line',
    utf8('1,abc\n3,4\n'),
    'BAD_CELL',
    'row 1, column 2 is "abc", a number was due (if this line names the columns, say so with the option header)',
  ],
  ['an empty cell', utf8('1,2\n,4\n'), 'BAD_CELL', 'row 2, column 1 is empty, a number was due'],
  ['an empty cell in the first line', utf8('1,,3\n4,5,6\n'), 'BAD_CELL', 'row 1, column 2 is empty, a number was due'],
  ['a first line of empty cells', utf8(',\n1,2\n'), 'BAD_CELL', 'row 1, column 1 is empty, a number was due'],
  ['a comma at the end of a line', utf8('1,2,\n3,4,\n'), 'BAD_CELL', 'row 1, column 3 is empty, a number was due'],
  ['NaN', utf8('1,2\nNaN,4\n'), 'NOT_FINITE', 'row 2, column 1 is "NaN", a finite number was due'],
  ['NaN in the first row', utf8('nan,2\n3,4\n'), 'NOT_FINITE', 'row 1, column 1 is "nan", a finite number was due'],
  ['an infinity', utf8('1,2\n3,-inf\n'), 'NOT_FINITE', 'row 2, column 2 is "-inf", a finite number was due'],
  ['a number beyond float64', utf8('1,1e999\n'), 'NOT_FINITE', 'row 1, column 2 is "1e999", a finite number was due'],
  ['a missing value', utf8('x,y\n1,NA\n'), 'BAD_CELL', 'row 1 (line 2), column 2 is "NA", a number was due'],
  ['a short row', utf8('1,2,3\n4,5\n6,7,8\n'), 'RAGGED', 'row 2 has 2 cells, 3 cells were due'],
  ['a long row', utf8('1,2\n3,4,5\n'), 'RAGGED', 'row 2 has 3 cells, 2 cells were due'],
  ['a long row of bad cells', utf8('1,2\n3,4,x\n'), 'RAGGED', 'row 2 has 3 cells, 2 cells were due'],
  ['a long first row below a header', utf8('x\n1,2\n'), 'RAGGED', 'row 1 (line 2) has 2 cells, 1 cell was due'],
  ['a blank line in the middle', utf8('1,2\n\n3,4\n'), 'RAGGED', 'row 2 is blank, 2 cells were due'],
  ['a blank first line', utf8('\n1,2\n'), 'RAGGED', 'row 1 is blank, 1 cell was due'],
  ['a line of blanks at the end', utf8('1,2\n  \n'), 'RAGGED', 'row 2 is blank, 2 cells were due'],
  ['a row cut off', utf8('1,2,3\n4,5,6\n7,8'), 'RAGGED', 'row 3 has 2 cells, 3 cells were due'],
  ['a decimal comma in quotes', utf8('1,2\n3,"4,5"\n'), 'BAD_CELL', 'row 2, column 2 is "4,5", a number was due'],
  ['semicolons', utf8('1;2\n3;4\n'), 'BAD_CELL', 'row 1, column 1 is "1;2", a number was due (if this line names'],
  [
    'a damaged number in the only column of the first line',
    utf8('1x\n2\n'),
    'BAD_CELL',
    'row 1, column 1 is "1x", a number was due (if this',
  ],
  ['a hexadecimal number', utf8('1\n0x1F\n'), 'BAD_CELL', 'row 2, column 1 is "0x1F", a number was due'],
  ['an exponent without digits', utf8('1\n1e+\n'), 'BAD_CELL', 'row 2, column 1 is "1e+", a number was due'],
  [
    'digits of another script in the first line',
    utf8('١,٢\n1,2\n'),
    'BAD_CELL',
    'row 1, column 1 is "١", a number was due',
  ],
  ['a long minus in the first line', utf8('−1,−2\n1,2\n'), 'BAD_CELL', 'row 1, column 1 is "−1", a number was due'],
  ['two points', utf8('1\n1.2.3\n'), 'BAD_CELL', 'row 2, column 1 is "1.2.3", a number was due'],
  ['two signs', utf8('1\n--1\n'), 'BAD_CELL', 'row 2, column 1 is "--1", a number was due'],
  ['a sign alone', utf8('1\n-\n'), 'BAD_CELL', 'row 2, column 1 is "-", a number was due'],
  ['a point alone', utf8('1\n.\n'), 'BAD_CELL', 'row 2, column 1 is ".", a number was due'],
  ['thousands apart', utf8('1\n1 000\n'), 'BAD_CELL', 'row 2, column 1 is "1 000", a number was due'],
  ['carriage returns alone', utf8('1\n2\r3\n'), 'BAD_CELL', 'row 2, column 1 is "2\\u000d3", a number was due'],
  ['a NUL', utf8('1\n2\0\n'), 'BAD_CELL', 'row 2, column 1 is "2\\u0000", a number was due'],
  ['a terminal escape', utf8('1\n\x1b[2J\n'), 'BAD_CELL', 'row 2, column 1 is "\\u001b[2J", a number was due'],
  ['an unclosed quote', utf8('1,2\n"3,4\n'), 'BAD_CELL', 'row 2, column 1 is ""3,4", a number was due'],
  ['letters behind a quoted number', utf8('1\n"2"x\n'), 'BAD_CELL', 'row 2, column 1 is ""2"x", a number was due'],
  ['a no-break space', utf8('1\n\u00a02\n'), 'BAD_CELL', 'row 2, column 1 is "\u00a02", a number was due'],
  ['an unclosed quote in the header', utf8('"x,y\n1,2\n'), 'BAD_HEADER', 'line 1 opens a quote that it does not close'],
  [
    'a header that is not UTF-8',
    Uint8Array.of(0xe4, 0x0a, 0x31),
    'BAD_HEADER',
    'line 1 names columns in bytes that are not UTF-8',
  ],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x31, 0, 0x0a, 0), 'UNSUPPORTED', 'is UTF-16 text, UTF-8 was due'],
  [
    'an endless word',
    utf8(`1\n${'x'.repeat(1e5)}\n`),
    'BAD_CELL',
    `row 2, column 1 is "${'x'.repeat(40)}…", a number was due`,
  ],
  [
    'a line beyond the cap',
    utf8('1'.repeat(2 ** 24 + 1)),
    'TOO_LARGE',
    'has a line of 16,777,217 bytes, at most 16,777,216 bytes are read',
  ],
  [
    'a million and more columns',
    utf8('1,'.repeat(2 ** 20)),
    'TOO_LARGE',
    'has 1,048,577 columns, at most 1,048,576 columns are read',
  ],
];

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
    expect(fault.message).toBe('digits.csv: row 1, column 1 is "x", a number was due');
  });

  it('passes over a byte order mark, CR LF, blanks around cells, quotes around numbers and blank lines at the end', () => {
    expect([...csv('\ufeffx,y\r\n 1 ,\t2\r\n"3"," 4 "\r\n\r\n\n').data]).toEqual([1, 2, 3, 4]);
  });

  it('reads other delimiters, and runs of blanks', () => {
    expect([...parseCsv(utf8('1;2\n3;4'), NAME, { delimiter: ';' }).data]).toEqual([1, 2, 3, 4]);
    expect([...parseCsv(utf8('1\t2\n3\t4'), NAME, { delimiter: '\t' }).data]).toEqual([1, 2, 3, 4]);
    expect([...parseCsv(utf8('  1   2 \n3\t4 \n'), NAME, { delimiter: ' ' }).data]).toEqual([1, 2, 3, 4]);
    expect(parseCsv(utf8('x  y\n1 2'), NAME, { delimiter: ' ' }).columns).toEqual(['x', 'y']);
  });

  it('keeps an empty cell between tabs empty', async () => {
    const fault = await faultOf(() => parseCsv(utf8('1\t2\n\t4\n'), NAME, { delimiter: '\t' }));
    expect(fault.message).toBe('digits.csv: row 2, column 1 is empty, a number was due');
  });

  it.each(['', ',,', '1', 'e', '-', '.', '"', '\n', 'ä'])('refuses %j as a delimiter', (delimiter) => {
    expect(() => parseCsv(utf8('1'), NAME, { delimiter })).toThrow(/^\[core\] readMatrix: delimiter is /);
  });

  it.each(BAD)('refuses %s', async (_, bytes, code, sentence) => {
    const fault = await faultOf(() => parseCsv(bytes, NAME));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(`digits.csv: ${sentence}`);
  });

  it('makes room by what the file holds, not by its widest line times its lines', async () => {
    const wide = `${'1,'.repeat(99_999)}1\n`;
    const fault = await faultOf(() => csv(wide + '1\n'.repeat(100_000)));
    expect(fault.message).toBe('digits.csv: row 2 has 1 cell, 100,000 cells were due');
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
        lineEnd: fc.constantFrom('\n', '\r\n'),
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
