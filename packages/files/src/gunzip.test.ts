import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip, unzippedCap } from './gunzip.ts';
import { type BadFile, faultOf, utf8 } from './testing.ts';

const NAME = 'x.amat.gz';
const CAP = 2 ** 32;
const packed = new Uint8Array(gzipSync('0 1 0 1\n'.repeat(100)));
const changed = (at: number, byte: number) => packed.with(at < 0 ? packed.length + at : at, byte);
const followed = (...bytes: number[]) => Uint8Array.of(...packed, ...bytes);

const BAD: readonly BadFile[] = [
  ['a magic alone', packed.subarray(0, 2), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['a header cut off', packed.subarray(0, 9), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['a header alone', packed.subarray(0, 10), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['data cut off', packed.subarray(0, 15), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['no check sum', packed.subarray(0, -8), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['half a check sum', packed.subarray(0, -6), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['no length', packed.subarray(0, -4), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['a byte too few', packed.subarray(0, -1), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['another method', changed(2, 7), 'BAD_GZIP', 'is a damaged gzip file (unknown compression method)'],
  ['reserved flags', changed(3, 0xe0), 'BAD_GZIP', 'is a damaged gzip file (unknown header flags set)'],
  ['a wrong header check sum', changed(3, 2), 'BAD_GZIP', 'is a damaged gzip file (header crc mismatch)'],
  ['an invalid block', changed(10, 7), 'BAD_GZIP', 'is a damaged gzip file (invalid block type)'],
  ['a wrong check sum', changed(-8, packed.at(-8)! ^ 1), 'BAD_GZIP', 'is a damaged gzip file (incorrect data check)'],
  ['a wrong length', changed(-4, packed.at(-4)! ^ 1), 'BAD_GZIP', 'is a damaged gzip file (incorrect length check)'],
  ['text behind the stream', followed(...utf8('0 1\n')), 'BAD_GZIP', 'is a damaged gzip file (incorrect header check)'],
  ['a zero behind the stream', followed(0), 'TRAILING', 'has 1 byte behind its gzip stream, none were due'],
  ['zeros behind the stream', followed(0, 0, 0, 0), 'TRAILING', 'has 4 bytes behind its gzip stream, none were due'],
  [
    'zeros and text behind the stream',
    followed(0, 0x31),
    'TRAILING',
    'has 2 bytes behind its gzip stream, none were due',
  ],
  ['a second member cut off', followed(...packed.subarray(0, 20)), 'TRUNCATED', 'is a gzip file that ends too early'],
  ['a second magic cut off', followed(0x1f), 'TRUNCATED', 'is a gzip file that ends too early'],
];

describe('gunzip', () => {
  it('gives what was packed, of one member and of several', async () => {
    expect((await gunzip(packed, NAME, CAP)).toString()).toBe('0 1 0 1\n'.repeat(100));
    expect((await gunzip(followed(...packed), NAME, CAP)).toString()).toBe('0 1 0 1\n'.repeat(200));
    expect((await gunzip(new Uint8Array(gzipSync('')), NAME, CAP)).length).toBe(0);
  });

  it.each(BAD)('refuses %s', async (_, bytes, code, sentence) => {
    const fault = await faultOf(() => gunzip(bytes, NAME, CAP));
    expect(fault).toEqual({ code, message: `x.amat.gz: ${sentence}` });
  });

  it('refuses a bomb: 65 MiB of zeros in 64 KiB', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 2 ** 20));
    expect(bomb.length).toBeLessThan(2 ** 17);
    const fault = await faultOf(() => gunzip(bomb, NAME, CAP));
    expect(fault.code).toBe('TOO_LARGE');
    expect(fault.message).toMatch(
      /^x\.amat\.gz: [\d,]+ bytes of gzip unpack to more than 67,108,864 bytes, the most that is read /,
    );
  });

  it('refuses more than the caller asked for', async () => {
    const fault = await faultOf(() => gunzip(packed, NAME, 799));
    expect(fault.message).toContain('unpack to more than 799 bytes');
    expect((await gunzip(packed, NAME, 800)).length).toBe(800);
  });

  it('lets small files grow as they like, large ones to 200 times their size, none beyond 2 GiB', () => {
    expect(unzippedCap(100, CAP)).toBe(64 * 2 ** 20);
    expect(unzippedCap(2 ** 20, CAP)).toBe(200 * 2 ** 20);
    expect(unzippedCap(2 ** 30, CAP)).toBe(2 * 2 ** 30);
    expect(unzippedCap(2 ** 20, 1000)).toBe(1000);
  });
});
