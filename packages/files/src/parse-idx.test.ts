import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixture from './idx.fixture.json' with { type: 'json' };
import { parseIdx } from './parse-idx.ts';
import { type BadFile, doubles, faultOf, fromBase64 } from './testing.ts';

const NAME = 'images.idx';

/** An IDX file: magic, big-endian sizes, then the bytes of `body`. */
function idx(type: number, sizes: readonly number[], body: readonly number[] = []): Uint8Array {
  const big = (size: number) => [24, 16, 8, 0].map((shift) => (size >>> shift) & 0xff);
  return Uint8Array.of(0, 0, type, sizes.length, ...sizes.flatMap(big), ...body);
}

const NAN_F4 = [0x7f, 0xc0, 0, 0];
const INF_F8 = [0xff, 0xf0, 0, 0, 0, 0, 0, 0];
const MAX = 2 ** 32 - 1;

const BAD: readonly BadFile[] = [
  ['a file of no bytes', new Uint8Array(), 'EMPTY', 'is empty, an IDX file was due'],
  ['one byte', Uint8Array.of(0), 'TRUNCATED', 'ends after 1 byte, an IDX header was due'],
  ['three bytes', Uint8Array.of(0, 0, 8), 'TRUNCATED', 'ends after 3 bytes, an IDX header was due'],
  [
    'a first byte that is not zero',
    Uint8Array.of(1, 0, 8, 1, 0, 0, 0, 1, 5),
    'BAD_MAGIC',
    'does not begin as an IDX file does',
  ],
  [
    'a second byte that is not zero',
    Uint8Array.of(0, 1, 8, 1, 0, 0, 0, 1, 5),
    'BAD_MAGIC',
    'does not begin as an IDX file does',
  ],
  [
    'text',
    new TextEncoder().encode('0 1 0 1\n'),
    'BAD_MAGIC',
    'does not begin as an IDX file does, with two zero bytes',
  ],
  ['little-endian magic', Uint8Array.of(3, 8, 0, 0, 1, 0, 0, 0), 'BAD_MAGIC', 'does not begin as an IDX file does'],
  ['type 0', idx(0, [1], [5]), 'BAD_HEADER', 'has IDX type 0, one of 8, 9, 11, 12, 13, 14 was due'],
  ['type 10', idx(10, [1], [5]), 'BAD_HEADER', 'has IDX type 10, one of 8, 9, 11, 12, 13, 14 was due'],
  ['type 15', idx(15, [1], [5]), 'BAD_HEADER', 'has IDX type 15, one of 8, 9, 11, 12, 13, 14 was due'],
  ['no dimensions', idx(8, []), 'BAD_SHAPE', 'has 0 dimensions, 1 to 4 were due'],
  ['five dimensions', idx(8, [1, 1, 1, 1, 1], [5]), 'BAD_SHAPE', 'has 5 dimensions, 1 to 4 were due'],
  ['255 dimensions', Uint8Array.of(0, 0, 8, 255), 'BAD_SHAPE', 'has 255 dimensions, 1 to 4 were due'],
  ['a header cut off', idx(8, [2, 2]).subarray(0, 9), 'TRUNCATED', 'ends after 9 bytes, a header of 12 bytes was due'],
  ['no sizes', Uint8Array.of(0, 0, 8, 3), 'TRUNCATED', 'ends after 4 bytes, a header of 16 bytes was due'],
  ['no values', idx(8, [2, 2]), 'TRUNCATED', 'ends after 12 bytes, a shape of 2 × 2 makes 16 bytes'],
  ['a value too few', idx(8, [2, 2], [1, 2, 3]), 'TRUNCATED', 'ends after 15 bytes, a shape of 2 × 2 makes 16 bytes'],
  [
    'a value too many',
    idx(8, [2, 2], [1, 2, 3, 4, 5]),
    'TRAILING',
    'goes on to 17 bytes, a shape of 2 × 2 makes 16 bytes',
  ],
  ['half a value', idx(11, [1], [1]), 'TRUNCATED', 'ends after 9 bytes, a shape of 1 makes 10 bytes'],
  [
    'bytes where doubles are declared',
    idx(14, [2], [1, 2]),
    'TRUNCATED',
    'ends after 10 bytes, a shape of 2 makes 24 bytes',
  ],
  ['no rows', idx(8, [0, 3]), 'EMPTY', 'holds 0 rows of 3 columns, at least one of each was due'],
  ['no columns', idx(8, [3, 0]), 'EMPTY', 'holds 3 rows of 0 columns, at least one of each was due'],
  ['no columns among many', idx(8, [3, 28, 0]), 'EMPTY', 'holds 3 rows of 0 columns, at least one of each was due'],
  [
    'four thousand million rows',
    idx(8, [MAX], [1]),
    'TRUNCATED',
    'ends after 9 bytes, a shape of 4294967295 makes 4,294,967,303 bytes',
  ],
  [
    'a product that overflows',
    idx(8, [MAX, MAX, MAX]),
    'BAD_SHAPE',
    'has a shape of 4294967295 × 4294967295 × 4294967295, a product',
  ],
  [
    'a product of columns that overflows',
    idx(8, [1, MAX, MAX]),
    'BAD_SHAPE',
    'has a shape of 1 × 4294967295 × 4294967295, a product',
  ],
  [
    'a product with its bytes that overflows',
    idx(14, [MAX, 2 ** 20]),
    'BAD_SHAPE',
    'has a shape of 4294967295 × 1048576, a product',
  ],
  [
    'too many columns',
    idx(8, [1, 1025, 1024]),
    'TOO_LARGE',
    'has 1,049,600 columns, at most 1,048,576 columns are read',
  ],
  [
    'NaN',
    idx(13, [2, 1], [0, 0, 0, 0, ...NAN_F4]),
    'NOT_FINITE',
    'row 1, column 0 (counted from 0) is NaN, a finite number was due',
  ],
  [
    'an infinity',
    idx(14, [1, 1], INF_F8),
    'NOT_FINITE',
    'row 0, column 0 (counted from 0) is -Infinity, a finite number was due',
  ],
];

describe('parseIdx', () => {
  it('reads images as rows of pixels', () => {
    expect(parseIdx(idx(8, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 255]), NAME)).toEqual({
      data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 255),
      rows: 2,
      cols: 4,
    });
  });

  it('reads labels as one column', () => {
    expect(parseIdx(idx(8, [3], [7, 2, 1]), NAME)).toEqual({ data: Float32Array.of(7, 2, 1), rows: 3, cols: 1 });
  });

  it('reads from the middle of a larger buffer at an odd offset', () => {
    const file = idx(14, [1], [0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
    const larger = new Uint8Array(file.length + 9).fill(0xff);
    larger.set(file, 3);
    expect(parseIdx(larger.subarray(3, 3 + file.length), NAME).data).toEqual(Float64Array.of(1));
  });

  it.each(fixture)('reads NumPy values of $name', ({ file, rows, cols, values }) => {
    const matrix = parseIdx(fromBase64(file), NAME);
    expect([matrix.rows, matrix.cols]).toEqual([rows, cols]);
    expect(Float64Array.from(matrix.data)).toEqual(doubles(values));
  });

  it.each(BAD)('refuses %s', async (_, bytes, code, sentence) => {
    const fault = await faultOf(() => parseIdx(bytes, NAME));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(`images.idx: ${sentence}`);
  });

  it('reads back any array of bytes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (shape, stream) => {
        const body = [...stream.take(shape.reduce((a, b) => a * b, 1))];
        const matrix = parseIdx(idx(8, shape, body), NAME);
        expect([matrix.rows, matrix.rows * matrix.cols, [...matrix.data]]).toEqual([shape[0], body.length, body]);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});
