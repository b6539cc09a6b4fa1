import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DataErrorCode } from '../data-error.ts';
import { faultOf } from '../testing.ts';
import { crc32 } from './crc32.ts';
import { openZip } from './zip.ts';

type Part = {
  name: string;
  content: Buffer;
  method?: number;
  size?: number;
  crc?: number;
  flags?: number;
  inner?: string;
};

/** A zip archive by hand, so that every field of it may lie. */
function zip(parts: readonly Part[], entries: number = parts.length): Buffer {
  const locals: Buffer[] = [];
  const table: Buffer[] = [];
  let at = 0;
  for (const { name, content, method = 8, size, crc, flags = 0, inner = name } of parts) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc ?? crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(inner), packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(at, 10);
    locals.push(local);
    table.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), fields, central, Buffer.from(name)]),
    );
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(Buffer.concat(table).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...table, end]);
}

const text = (name: string, more: Partial<Part> = {}): Part => ({
  name,
  content: Buffer.from('hello hello hello'),
  ...more,
});

it('reads members that are stored and deflated', () => {
  const archive = openZip(zip([text('a'), text('b', { method: 0 })]), 'x.zip');
  expect(archive.names).toEqual(['a', 'b']);
  expect(archive.read('a').toString()).toBe('hello hello hello');
  expect(archive.read('b').toString()).toBe('hello hello hello');
});

const BAD: readonly (readonly [string, Buffer, DataErrorCode, string])[] = [
  ['a member twice', zip([text('a'), text('a')]), 'BAD_ZIP', 'it holds "a" twice'],
  ['another checksum', zip([text('a', { crc: 1 })]), 'BAD_ZIP', '"a" has another checksum than is due'],
  ['less than it declares', zip([text('a', { size: 100 })]), 'BAD_ZIP', 'unpacks to 17 bytes, 100 bytes were due'],
  ['more than it declares', zip([text('a', { size: 3 })]), 'BAD_ZIP', '"a" does not unpack'],
  ['another name where it lies', zip([text('a', { inner: 'b' })]), 'BAD_ZIP', 'has another name where it lies'],
  ['an encrypted member', zip([text('a', { flags: 1 })]), 'UNSUPPORTED', 'is encrypted'],
  ['a method that is not read', zip([text('a', { method: 12 })]), 'UNSUPPORTED', 'is packed by method 12'],
  ['more than a thousand members', zip([text('a')], 1001), 'TOO_LARGE', 'holds 1,001 members'],
  ['entries that are not there', zip([text('a')], 2), 'BAD_ZIP', 'member 1 (counted from 0) has no entry'],
  ['a declared bomb', zip([text('a', { size: 3e9 })]), 'TOO_LARGE', 'declare to unpack to 3,000,000,000 bytes'],
  [
    'a real bomb',
    zip([{ name: 'a', content: Buffer.alloc(100e6) }]),
    'TOO_LARGE',
    'declare to unpack to 100,000,000 bytes',
  ],
];

describe('a hostile archive is refused in one sentence', () => {
  it.each(BAD)('%s', async (_, file, code, sentence) => {
    const fault = await faultOf(() => openZip(file, 'x.zip').read('a'));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(sentence);
  });
});
