import { describe, expect, it } from 'vitest';
import fixture from './npy.fixture.json' with { type: 'json' };
import { parseNpy } from './parse-npy.ts';
import { type BadFile, doubles, faultOf, fromBase64 } from './testing.ts';

const NAME = 'x.npy';
const MAGIC = [0x93, ...Buffer.from('NUMPY')];

/** A .npy file of a given header text, version and body. */
function raw(header: string, body: readonly number[] = [], version = 1): Uint8Array {
  const { length } = header;
  const size = version === 1 ? [length & 0xff, length >> 8] : [length & 0xff, (length >> 8) & 0xff, length >> 16, 0];
  return Uint8Array.of(...MAGIC, version, 0, ...size, ...Buffer.from(header, 'latin1'), ...body);
}

/** A .npy file of a given type, shape and order. */
function npy(descr: string, shape: string, body: readonly number[] = [], fortran = 'False'): Uint8Array {
  return raw(`{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`, body);
}

const bytesOf = (values: Float32Array | Float64Array | BigInt64Array | BigUint64Array) => [
  ...new Uint8Array(values.buffer),
];
const one = bytesOf(Float64Array.of(1));
const nan = bytesOf(Float64Array.of(1, 2, 3, Number.NaN, 5, 6));
const KEYS =
  "the .npy header does not hold exactly 'descr' (a string), 'fortran_order' (True or False) and 'shape' (a tuple)";

const BAD: readonly BadFile[] = [
  ['a file of no bytes', new Uint8Array(), 'EMPTY', 'is empty, a .npy file was due'],
  ['text', new TextEncoder().encode('1,2\n'), 'BAD_MAGIC', 'does not begin as a .npy file does, with \\x93NUMPY'],
  ['a magic cut off', Uint8Array.of(...MAGIC.slice(0, 5)), 'BAD_MAGIC', 'does not begin as a .npy file does'],
  ['a magic alone', Uint8Array.of(...MAGIC), 'TRUNCATED', 'ends after 6 bytes, in its header'],
  ['no length', Uint8Array.of(...MAGIC, 1, 0), 'TRUNCATED', 'ends after 8 bytes, in its header'],
  ['half a length', Uint8Array.of(...MAGIC, 2, 0, 5, 0), 'TRUNCATED', 'ends after 10 bytes, in its header'],
  [
    'version 0',
    Uint8Array.of(...MAGIC, 0, 0, 5, 0),
    'UNSUPPORTED',
    'is .npy version 0.0, version 1.0, 2.0 or 3.0 was due',
  ],
  [
    'version 4',
    Uint8Array.of(...MAGIC, 4, 0, 5, 0, 0, 0),
    'UNSUPPORTED',
    'is .npy version 4.0, version 1.0, 2.0 or 3.0 was due',
  ],
  [
    'version 1.1',
    Uint8Array.of(...MAGIC, 1, 1, 5, 0),
    'UNSUPPORTED',
    'is .npy version 1.1, version 1.0, 2.0 or 3.0 was due',
  ],
  [
    'a declared header of 4 GiB in 14 bytes',
    Uint8Array.of(...MAGIC, 2, 0, 255, 255, 255, 255, 0, 0),
    'TOO_LARGE',
    'declares a header of 4,294,967,295 bytes',
  ],
  [
    'a header beyond the cap',
    raw(' '.repeat(10_001)),
    'TOO_LARGE',
    'declares a header of 10,001 bytes, at most 10,000 bytes are read',
  ],
  [
    'a header cut off',
    npy('<f8', '(1, 1)').subarray(0, 40),
    'TRUNCATED',
    'ends after 40 bytes, its header alone takes',
  ],
  ['an empty header', raw(''), 'BAD_HEADER', 'the .npy header has "" where "{" was due'],
  ['an empty dictionary', raw('{}\n'), 'BAD_HEADER', KEYS],
  ['no shape', raw("{'descr': '<f8', 'fortran_order': False}\n", one), 'BAD_HEADER', KEYS],
  [
    'one key too many',
    raw("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': True}\n", one),
    'BAD_HEADER',
    KEYS,
  ],
  [
    'a key twice',
    raw("{'descr': '<f8', 'descr': '<f4', 'shape': (1,)}\n", one),
    'BAD_HEADER',
    'the .npy header repeats "descr"',
  ],
  ['a key of another type', raw("{'descr': True, 'fortran_order': False, 'shape': (1,)}\n", one), 'BAD_HEADER', KEYS],
  ['an order as a string', raw("{'descr': '<f8', 'fortran_order': 'False', 'shape': (1,)}\n", one), 'BAD_HEADER', KEYS],
  [
    'an order in small letters',
    npy('<f8', '(1,)', one, 'false'),
    'BAD_HEADER',
    'the .npy header has "false, \'sh" where a string was due',
  ],
  [
    'a shape as a list',
    npy('<f8', '[1]', one),
    'UNSUPPORTED',
    'holds records of several fields, plain numbers were due',
  ],
  [
    'a shape as a number',
    npy('<f8', '1', one),
    'BAD_HEADER',
    'the .npy header has "1, }\\u000a" where a string was due',
  ],
  [
    'a negative size',
    npy('<f8', '(-1, 2)', one),
    'BAD_HEADER',
    'the .npy header has "-1, 2), }\\u000a" where a size was due',
  ],
  [
    'a fractional size',
    npy('<f8', '(1.0,)', one),
    'BAD_HEADER',
    'the .npy header has ".0,), }\\u000a" where "," was due',
  ],
  [
    'a size of Python 2',
    npy('<f8', '(1L,)', one),
    'BAD_HEADER',
    'the .npy header has "L,), }\\u000a" where "," was due',
  ],
  [
    'a size with a zero before it',
    npy('<f8', '(01,)', one),
    'BAD_HEADER',
    'the .npy header has "01,), }\\u000a" where a size was due',
  ],
  ['a number in brackets', npy('<f8', '(1)', one), 'BAD_HEADER', 'the .npy header has "), }\\u000a" where "," was due'],
  ['an expression', npy('<f8', '(1+1,)', one), 'BAD_HEADER', 'the .npy header has "+1,), }\\u000a" where "," was due'],
  [
    'a call',
    npy('<f8', '__import__("os")', one),
    'BAD_HEADER',
    'the .npy header has "__import__" where a string was due',
  ],
  ['an unclosed tuple', npy('<f8', '(1, ', one), 'BAD_HEADER', 'the .npy header has ", }\\u000a" where a size was due'],
  ['an unclosed string', raw("{'descr\n"), 'BAD_HEADER', 'the .npy header has "\'descr\\u000a" where a string was due'],
  ['an unclosed dictionary', raw("{'descr': '<f8'\n"), 'BAD_HEADER', 'the .npy header has "\\u000a" where "}" was due'],
  [
    'a missing colon',
    raw("{'descr' '<f8'}\n"),
    'BAD_HEADER',
    'the .npy header has "\'<f8\'}\\u000a" where ":" was due',
  ],
  [
    'an escape in a string',
    raw("{'desc\\x72': '<f8'}\n"),
    'BAD_HEADER',
    'the .npy header has "desc\\x72", plain ASCII text was due',
  ],
  ['a name beyond ASCII', raw("{'ä': '<f8'}\n"), 'BAD_HEADER', 'the .npy header has "ä", plain ASCII text was due'],
  [
    'text behind the dictionary',
    raw("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} #\n"),
    'BAD_HEADER',
    'the .npy header does not end in spaces and a newline',
  ],
  [
    'no newline',
    raw("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} "),
    'BAD_HEADER',
    'the .npy header does not end in spaces and a newline',
  ],
  [
    'a no-break space behind the dictionary',
    raw("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}\u00a0\n"),
    'BAD_HEADER',
    'the .npy header does not end in spaces and a newline',
  ],
  ['objects', npy('|O', '(1,)', one), 'UNSUPPORTED', 'holds Python objects, which are never loaded; f2, f4, f8,'],
  [
    'records',
    raw("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}\n", one),
    'UNSUPPORTED',
    'holds records of several fields',
  ],
  [
    'complex numbers',
    npy('<c16', '(1,)', [...one, ...one]),
    'UNSUPPORTED',
    'holds type "<c16"; f2, f4, f8, i1 to i8, u1 to u8 or b1 was due',
  ],
  ['float128', npy('<f16', '(1,)', [...one, ...one]), 'UNSUPPORTED', 'holds type "<f16"'],
  ['strings', npy('<U3', '(1,)'), 'UNSUPPORTED', 'holds type "<U3"'],
  ['dates', npy('<M8[ns]', '(1,)', one), 'UNSUPPORTED', 'holds type "<M8[ns]"'],
  ['a type without byte order', npy('f8', '(1,)', one), 'UNSUPPORTED', 'holds type "f8"'],
  ['one number without dimensions', npy('<f8', '()', one), 'BAD_SHAPE', 'holds one single number, a matrix was due'],
  [
    'three dimensions',
    npy('<f8', '(1, 1, 1)', one),
    'BAD_SHAPE',
    'holds an array of 3 dimensions (1 × 1 × 1), a matrix was due',
  ],
  ['no rows', npy('<f8', '(0, 3)'), 'EMPTY', 'holds 0 rows of 3 columns, at least one of each was due'],
  ['no columns', npy('<f8', '(3, 0)'), 'EMPTY', 'holds 3 rows of 0 columns, at least one of each was due'],
  [
    'a size that overflows',
    npy('<f8', '(18446744073709551617, 1)', one),
    'BAD_SHAPE',
    'has a shape with "18446744073709551617", a size',
  ],
  [
    'a product that overflows',
    npy('<f8', '(9007199254740991, 2)', one),
    'BAD_SHAPE',
    'has a shape of 9007199254740991 × 2, a product',
  ],
  ['a promise of petabytes', npy('<f8', '(100000000000000,)', one), 'TRUNCATED', 'makes 800,000,000,000,'],
  [
    'too many columns',
    npy('<f8', '(1, 1048577)', one),
    'TOO_LARGE',
    'has 1,048,577 columns, at most 1,048,576 columns are read',
  ],
  ['a byte too few', npy('<f8', '(1, 1)', one.slice(1)), 'TRUNCATED', 'a shape of 1 × 1 in <f8 makes'],
  ['a byte too many', npy('<f8', '(1, 1)', [...one, 0]), 'TRAILING', 'a shape of 1 × 1 in <f8 makes'],
  ['NaN', npy('<f8', '(3, 2)', nan), 'NOT_FINITE', 'row 1, column 1 (counted from 0) is NaN, a finite number was due'],
  [
    'NaN in Fortran order',
    npy('<f8', '(3, 2)', nan, 'True'),
    'NOT_FINITE',
    'row 0, column 1 (counted from 0) is NaN, a finite number was due',
  ],
  [
    'an infinity',
    npy('<f4', '(1, 2)', bytesOf(Float32Array.of(1, -1 / 0))),
    'NOT_FINITE',
    'row 0, column 1 (counted from 0) is -Infinity',
  ],
  [
    'an integer above 2⁵³',
    npy('<i8', '(1, 2)', bytesOf(BigInt64Array.of(1n, 2n ** 53n + 1n))),
    'BAD_CELL',
    'row 0, column 1 (counted from 0) is a 64-bit integer beyond',
  ],
  [
    'an integer below −2⁵³',
    npy('<i8', '(2,)', bytesOf(BigInt64Array.of(1n, -(2n ** 63n)))),
    'BAD_CELL',
    'row 1, column 0 (counted from 0) is a 64-bit integer',
  ],
  [
    'an unsigned integer above 2⁵³',
    npy('<u8', '(1,)', bytesOf(BigUint64Array.of(2n ** 64n - 1n))),
    'BAD_CELL',
    'row 0, column 0 (counted from 0) is a 64-bit',
  ],
  [
    'a boolean of 2',
    npy('|b1', '(1, 3)', [0, 1, 2]),
    'BAD_CELL',
    'row 0, column 2 (counted from 0) is 2, a boolean 0 or 1 was due',
  ],
];

describe('parseNpy', () => {
  it.each(fixture)('reads as NumPy reads $name', ({ file, rows, cols, values }) => {
    const matrix = parseNpy(fromBase64(file), NAME);
    expect([matrix.rows, matrix.cols]).toEqual([rows, cols]);
    expect(Float64Array.from(matrix.data)).toEqual(doubles(values));
  });

  it('keeps float32 for types that it holds exactly, else gives float64', () => {
    const wide = fixture.filter(({ file }) => parseNpy(fromBase64(file), NAME).data instanceof Float64Array);
    const types = new Set(wide.map(({ name }) => /[fiub][1248]/.exec(name)?.[0]).filter(Boolean));
    expect([...types].sort()).toEqual(['f8', 'i4', 'i8', 'u4', 'u8']);
  });

  it('reads from the middle of a larger buffer at an odd offset, and keeps no hold on it', () => {
    const file = npy('<f8', '(1, 1)', one);
    const larger = new Uint8Array(file.length + 9).fill(0xff);
    larger.set(file, 3);
    const { data } = parseNpy(larger.subarray(3, 3 + file.length), NAME);
    larger.fill(0);
    expect([...data]).toEqual([1]);
  });

  it('takes the keys of the header in any order, with either quote', () => {
    expect([...parseNpy(raw('{"shape":(1,),"fortran_order":False,"descr":"<f8"}\n', one), NAME).data]).toEqual([1]);
  });

  it.each(BAD)('refuses %s', async (_, bytes, code, sentence) => {
    const fault = await faultOf(() => parseNpy(bytes, NAME));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain('x.npy: ');
    expect(fault.message).toContain(sentence);
  });
});
