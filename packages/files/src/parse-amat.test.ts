import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmat } from './parse-amat.ts';
import { type BadFile, faultOf, utf8 } from './testing.ts';

const NAME = 'tiny.amat';

const BAD: readonly BadFile[] = [
  ['a file of no bytes', utf8(''), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a file of line ends', utf8('\r\n\n'), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a byte order mark alone', utf8('\ufeff'), 'EMPTY', 'is empty, rows of numbers were due'],
  ['blanks alone', utf8('   '), 'RAGGED', 'row 0 (counted from 0; line 1) is blank, 1 cell was due'],
  ['a two', utf8('0 1\n0 2\n'), 'BAD_CELL', 'row 1, column 1 (counted from 0; line 2) is "2", 0 or 1 was due'],
  [
    'a two in the first row',
    utf8('2 1\n0 1\n'),
    'BAD_CELL',
    'row 0, column 0 (counted from 0; line 1) is "2", 0 or 1 was due',
  ],
  [
    'a negative one',
    utf8('0 1\n-1 0\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "-1", 0 or 1 was due',
  ],
  ['a fraction', utf8('0 1\n0.5 0\n'), 'BAD_CELL', 'row 1, column 0 (counted from 0; line 2) is "0.5", 0 or 1 was due'],
  [
    'one with a point',
    utf8('0 1\n0 1.0\n'),
    'BAD_CELL',
    'row 1, column 1 (counted from 0; line 2) is "1.0", 0 or 1 was due',
  ],
  [
    'digits run together',
    utf8('0 1\n01 0\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "01", 0 or 1 was due',
  ],
  [
    'a line of digits run together',
    utf8('0101\n'),
    'BAD_CELL',
    'row 0, column 0 (counted from 0; line 1) is "0101", 0 or 1 was due',
  ],
  ['a word', utf8('0 1\n1 abc\n'), 'BAD_CELL', 'row 1, column 1 (counted from 0; line 2) is "abc", 0 or 1 was due'],
  ['NaN', utf8('0 1\nNaN 1\n'), 'BAD_CELL', 'row 1, column 0 (counted from 0; line 2) is "NaN", 0 or 1 was due'],
  ['a header', utf8('x y\n0 1\n'), 'BAD_CELL', 'row 0, column 0 (counted from 0; line 1) is "x", 0 or 1 was due'],
  ['commas', utf8('0,1\n1,0\n'), 'BAD_CELL', 'row 0, column 0 (counted from 0; line 1) is "0,1", 0 or 1 was due'],
  ['a tab', utf8('0 1\n0\t1\n'), 'BAD_CELL', 'row 1, column 0 (counted from 0; line 2) is "0\\u00091", 0 or 1 was due'],
  ['a NUL', utf8('0 1\n0\0 1\n'), 'BAD_CELL', 'row 1, column 0 (counted from 0; line 2) is "0\\u0000", 0 or 1 was due'],
  [
    'a NUL at the end of a line',
    utf8('0 1\n0 1\0\n'),
    'BAD_CELL',
    'row 1, column 1 (counted from 0; line 2) is "1\\u0000", 0 or 1 was due',
  ],
  [
    'carriage returns alone',
    utf8('0 1\r1 0\n'),
    'BAD_CELL',
    'row 0, column 1 (counted from 0; line 1) is "1\\u000d1", 0 or 1 was due',
  ],
  [
    'two carriage returns',
    utf8('0 1\n1 0\r\r\n0 1'),
    'BAD_CELL',
    'row 1, column 1 (counted from 0; line 2) is "0\\u000d", 0 or 1 was due',
  ],
  [
    'a short row',
    utf8('0 1 1\n0 1\n1 1 1\n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) has 2 cells, 3 cells were due',
  ],
  ['a long row', utf8('0 1\n0 1 1\n'), 'RAGGED', 'row 1 (counted from 0; line 2) has 3 cells, 2 cells were due'],
  [
    'a long row of bad cells',
    utf8('0 1\n0 1 7\n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) has 3 cells, 2 cells were due',
  ],
  ['a row cut off', utf8('0 1 1\n0 1 0\n1 '), 'RAGGED', 'row 2 (counted from 0; line 3) has 1 cell, 3 cells were due'],
  [
    'a blank line in the middle',
    utf8('0 1\n\n1 0\n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) is blank, 2 cells were due',
  ],
  ['a blank first line', utf8('\n0 1\n'), 'RAGGED', 'row 0 (counted from 0; line 1) is blank, 1 cell was due'],
  [
    'a line of blanks at the end',
    utf8('0 1\n  \n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) is blank, 2 cells were due',
  ],
  [
    'a terminal escape',
    utf8('0 1\n\x1b[2J 1\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "\\u001b[2J", 0 or 1 was due',
  ],
  [
    'bytes beyond ASCII',
    Uint8Array.of(0x30, 0x0a, 0xff, 0x0a),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "ÿ", 0 or 1 was due',
  ],
  ['UTF-16', Uint8Array.of(0xfe, 0xff, 0, 0x30), 'UNSUPPORTED', 'is UTF-16 text, UTF-8 was due'],
  ['a line beyond the cap', utf8('0 '.repeat(2 ** 23 + 1)), 'TOO_LARGE', 'has a line of 16,777,218 bytes'],
  [
    'a million and more columns',
    utf8('0 '.repeat(2 ** 20 + 1)),
    'TOO_LARGE',
    'has 1,048,577 columns, at most 1,048,576 columns',
  ],
];

describe('parseAmat', () => {
  it('reads zeros and ones in float32, row by row', () => {
    expect(parseAmat(utf8('0 1 1\n1 0 0\n'), NAME)).toEqual({
      data: Float32Array.of(0, 1, 1, 1, 0, 0),
      rows: 2,
      cols: 3,
    });
  });

  it('passes over blanks around cells, CR LF and blank lines at the end', () => {
    expect([...parseAmat(utf8(' 0  1 \r\n1 0\r\n\r\n'), NAME).data]).toEqual([0, 1, 1, 0]);
  });

  it.each(BAD)('refuses %s', async (_, bytes, code, sentence) => {
    const fault = await faultOf(() => parseAmat(bytes, NAME));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(`tiny.amat: ${sentence}`);
  });

  it('makes room by what the file holds, not by its widest line times its lines', async () => {
    const fault = await faultOf(() => parseAmat(utf8(`${'1 '.repeat(100_000)}\n${'1\n'.repeat(100_000)}`), NAME));
    expect(fault.message).toBe('tiny.amat: row 1 (counted from 0; line 2) has 1 cell, 100,000 cells were due');
  });

  it('reads back any binary matrix', () => {
    const table = fc.integer({ min: 1, max: 20 }).chain((cols) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: cols, maxLength: cols }), {
        minLength: 1,
        maxLength: 20,
      }),
    );
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', ' \n', '\r'), (cells, lineEnd) => {
        const matrix = parseAmat(utf8(cells.map((row) => row.join(' ') + lineEnd).join('')), NAME);
        expect([matrix.rows, matrix.cols, [...matrix.data]]).toEqual([cells.length, cells[0]!.length, cells.flat()]);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});
