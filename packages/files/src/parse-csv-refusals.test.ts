import { describe, expect, it } from 'vitest';
import { parseCsv } from './parse-csv.ts';
import { type BadFile, faultOf, utf8 } from './testing.ts';

const NAME = 'digits.csv';

const BAD: readonly BadFile[] = [
  ['a file of no bytes', utf8(''), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a file of line ends', utf8('\n\r\n\n'), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a byte order mark alone', utf8('\ufeff'), 'EMPTY', 'is empty, rows of numbers were due'],
  ['a header alone', utf8('x,y\n'), 'EMPTY', 'holds a header and no rows'],
  [
    'a word',
    utf8('1,2\n3,4\n5,abc\n'),
    'BAD_CELL',
    'row 2, column 1 (counted from 0; line 3) is "abc", a number was due',
  ],
  [
    'a word below a header',
    utf8('x,y\n1,2\n3,abc\n'),
    'BAD_CELL',
    'row 1, column 1 "y" (counted from 0; line 3) is "abc", a number was due',
  ],
  [
    'a word beside numbers in the first line',
    utf8('1,abc\n3,4\n'),
    'BAD_CELL',
    'row 0, column 1 (counted from 0; line 1) is "abc", a number was due (if this line names the columns, say so with the option header)',
  ],
  [
    'numbers apart by blanks, as numpy.savetxt writes them',
    utf8('# a b\n1.5e+00 -2e0\n'),
    'BAD_CELL',
    'row 0, column 0 "a b" (counted from 0; line 2) is "1.5e+00 -2e0", a number was due (if blanks stand between numbers, say so with the option delimiter " ")',
  ],
  [
    'a quote that nothing closes',
    utf8('x,y\n"1,2\n'),
    'BAD_CELL',
    'row 0, column 0 "x" (counted from 0; line 2) is ""1,2", a number was due (its quote is not closed on this line)',
  ],
  [
    'an empty cell',
    utf8('1,2\n,4\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is empty, a number was due',
  ],
  [
    'an empty cell in the first line',
    utf8('1,,3\n4,5,6\n'),
    'BAD_CELL',
    'row 0, column 1 (counted from 0; line 1) is empty, a number was due',
  ],
  [
    'a first line of empty cells',
    utf8(',\n1,2\n'),
    'BAD_CELL',
    'row 0, column 0 (counted from 0; line 1) is empty, a number was due',
  ],
  [
    'a comma at the end of a line',
    utf8('1,2,\n3,4,\n'),
    'BAD_CELL',
    'row 0, column 2 (counted from 0; line 1) is empty, a number was due',
  ],
  [
    'NaN',
    utf8('1,2\nNaN,4\n'),
    'NOT_FINITE',
    'row 1, column 0 (counted from 0; line 2) is "NaN", a finite number was due',
  ],
  [
    'NaN in the first row',
    utf8('nan,2\n3,4\n'),
    'NOT_FINITE',
    'row 0, column 0 (counted from 0; line 1) is "nan", a finite number was due',
  ],
  [
    'an infinity',
    utf8('1,2\n3,-inf\n'),
    'NOT_FINITE',
    'row 1, column 1 (counted from 0; line 2) is "-inf", a finite number was due',
  ],
  [
    'a number beyond float64',
    utf8('1,1e999\n'),
    'NOT_FINITE',
    'row 0, column 1 (counted from 0; line 1) is "1e999", a finite number was due',
  ],
  [
    'a short row',
    utf8('1,2,3\n4,5\n6,7,8\n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) has 2 cells, 3 cells were due',
  ],
  ['a long row', utf8('1,2\n3,4,5\n'), 'RAGGED', 'row 1 (counted from 0; line 2) has 3 cells, 2 cells were due'],
  [
    'a long row of bad cells',
    utf8('1,2\n3,4,x\n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) has 3 cells, 2 cells were due',
  ],
  [
    'a long first row below a header',
    utf8('x\n1,2\n'),
    'RAGGED',
    'row 0 (counted from 0; line 2) has 2 cells, 1 cell was due',
  ],
  [
    'a blank line in the middle',
    utf8('1,2\n\n3,4\n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) is blank, 2 cells were due',
  ],
  ['a blank first line', utf8('\n1,2\n'), 'RAGGED', 'row 0 (counted from 0; line 1) is blank, 1 cell was due'],
  [
    'a line of blanks at the end',
    utf8('1,2\n  \n'),
    'RAGGED',
    'row 1 (counted from 0; line 2) is blank, 2 cells were due',
  ],
  [
    'a row cut off',
    utf8('1,2,3\n4,5,6\n7,8'),
    'RAGGED',
    'row 2 (counted from 0; line 3) has 2 cells, 3 cells were due',
  ],
  [
    'a decimal comma in quotes',
    utf8('1,2\n3,"4,5"\n'),
    'BAD_CELL',
    'row 1, column 1 (counted from 0; line 2) is "4,5", a number was due',
  ],
  [
    'a damaged number in the only column of the first line',
    utf8('1x\n2\n'),
    'BAD_CELL',
    'row 0, column 0 (counted from 0; line 1) is "1x", a number was due (if this',
  ],
  [
    'a hexadecimal number',
    utf8('1\n0x1F\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "0x1F", a number was due',
  ],
  [
    'an exponent without digits',
    utf8('1\n1e+\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "1e+", a number was due',
  ],
  [
    'digits of another script in the first line',
    utf8('١,٢\n1,2\n'),
    'BAD_CELL',
    'row 0, column 0 (counted from 0; line 1) is "١", a number was due',
  ],
  [
    'a long minus in the first line',
    utf8('−1,−2\n1,2\n'),
    'BAD_CELL',
    'row 0, column 0 (counted from 0; line 1) is "−1", a number was due',
  ],
  [
    'two points',
    utf8('1\n1.2.3\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "1.2.3", a number was due',
  ],
  ['two signs', utf8('1\n--1\n'), 'BAD_CELL', 'row 1, column 0 (counted from 0; line 2) is "--1", a number was due'],
  [
    'a sign alone',
    utf8('1\n-\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "-", a missing value; a number was due',
  ],
  [
    'a point alone',
    utf8('1\n.\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is ".", a missing value; a number was due',
  ],
  [
    'thousands apart',
    utf8('1\n1 000\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "1 000", a number was due',
  ],
  [
    'carriage returns alone',
    utf8('1\n2\r3\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "2\\u000d3", a number was due',
  ],
  ['a NUL', utf8('1\n2\0\n'), 'BAD_CELL', 'row 1, column 0 (counted from 0; line 2) is "2\\u0000", a number was due'],
  [
    'a terminal escape',
    utf8('1\n\x1b[2J\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "\\u001b[2J", a number was due',
  ],
  [
    'an unclosed quote',
    utf8('1,2\n"3,4\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is ""3,4", a number was due',
  ],
  [
    'letters behind a quoted number',
    utf8('1\n"2"x\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is ""2"x", a number was due',
  ],
  [
    'a no-break space',
    utf8('1\n\u00a02\n'),
    'BAD_CELL',
    'row 1, column 0 (counted from 0; line 2) is "\u00a02", a number was due',
  ],
  ['an unclosed quote in the header', utf8('"x,y\n1,2\n'), 'BAD_HEADER', 'line 1 opens a quote that it does not close'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x31, 0, 0x0a, 0), 'UNSUPPORTED', 'is UTF-16 text, UTF-8 was due'],
  [
    'an endless word',
    utf8(`1\n${'x'.repeat(1e5)}\n`),
    'BAD_CELL',
    `row 1, column 0 (counted from 0; line 2) is "${'x'.repeat(40)}…", a number was due`,
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
  it.each(BAD)('refuses %s', async (_, bytes, code, sentence) => {
    const fault = await faultOf(() => parseCsv(bytes, NAME));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(`digits.csv: ${sentence}`);
  });
});
