import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { png } from './png.ts';

test('a stencil becomes a PNG of its color with its opacities', () => {
  const bytes = png({ width: 2, height: 2, alpha: Uint8Array.of(0, 255, 128, 7) }, [1, 2, 3]);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  // The header chunk: length 13, 2 × 2, 8 bits, color type 6 (RGBA).
  expect(bytes.subarray(8, 28).toString('hex')).toBe('0000000d49484452000000020000000208060000');
  const length = bytes.readUInt32BE(33);
  expect(bytes.subarray(37, 41).toString('latin1')).toBe('IDAT');
  expect(Array.from(inflateSync(bytes.subarray(41, 41 + length)))).toEqual([
    0, 1, 2, 3, 0, 1, 2, 3, 255, 0, 1, 2, 3, 128, 1, 2, 3, 7,
  ]);
  // The end chunk is the same in every PNG file, its check value among it.
  expect(bytes.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});
