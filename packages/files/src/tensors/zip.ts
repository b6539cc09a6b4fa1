import { inflateRawSync } from 'node:zlib';
import { counted, countedWas } from '@mixtention/core/base';
import { DataError } from '../data-error.ts';
import { FREE_UNZIPPED, MAX_RATIO, MAX_UNZIPPED } from '../limits.ts';
import { quoted } from '../show.ts';
import { crc32 } from './crc32.ts';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const MAX_MEMBERS = 1000;
/** What a 32-bit field says when the number stands in a zip64 record. */
const ELSEWHERE = 0xffffffff;

type Member = {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
};

/** A zip archive in memory; members are known by name and never written anywhere. */
export type Zip = { readonly names: readonly string[]; read(member: string): Buffer };

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Opens a zip archive: members stored or deflated, at most 1,000, none twice. What they declare to unpack to is bounded before anything is
 * unpacked, and each may unpack to no more than it declares.
 *
 * @param name  the archive, as messages name it
 * @throws DataError TRUNCATED, BAD_HEADER, UNSUPPORTED, TOO_LARGE; as members are read BAD_ZIP, NO_TENSOR
 *
 * @example
 * // The shortest archive there is: the end of a table of contents without entries.
 * const bytes = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
 * openZip(bytes, 'empty.zip').names; // []
 */
export function openZip(bytes: Buffer, name: string): Zip {
  const end = findEnd(bytes, name);
  const total = bytes.readUInt16LE(end + 10);
  if (total > MAX_MEMBERS)
    throw new DataError(
      'TOO_LARGE',
      name,
      `holds ${counted(total, 'member')}, at most ${counted(MAX_MEMBERS, 'member')} are read`,
    );
  const [size, start] = [bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
  if (start + size > end) throw damaged(name, 'its table of contents lies beyond its end');
  const members = readTable(bytes.subarray(start, start + size), total, name);
  checkSizes(members, bytes.length, name);
  return { names: [...members.keys()], read: (member) => unpack(bytes, member, members.get(member)!, name) };
}

function findEnd(bytes: Buffer, name: string): number {
  const least = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= least; at--)
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  throw new DataError('TRUNCATED', name, 'is a zip archive that ends before its table of contents');
}

function readTable(table: Buffer, total: number, name: string): Map<string, Member> {
  const members = new Map<string, Member>();
  let at = 0;
  for (let index = 0; index < total; index++) {
    if (at + 46 > table.length || table.readUInt32LE(at) !== CENTRAL)
      throw damaged(name, `member ${index} (counted from 0) has no entry in its table of contents`);
    const [nameBytes, extra, comment] = [28, 30, 32].map((field) => table.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameBytes + extra + comment;
    if (next > table.length) throw damaged(name, 'its table of contents is cut short');
    const member = table.toString('utf8', at + 46, at + 46 + nameBytes);
    const flags = table.readUInt16LE(at + 8);
    const method = table.readUInt16LE(at + 10);
    const [crc, packed, size] = [16, 20, 24].map((field) => table.readUInt32LE(at + field)) as [number, number, number];
    const local = table.readUInt32LE(at + 42);
    if (members.has(member)) throw damaged(name, `it holds ${quoted(member)} twice`);
    if (flags & 1) throw new DataError('UNSUPPORTED', name, `member ${quoted(member)} is encrypted`);
    if (method !== 0 && method !== 8)
      throw new DataError(
        'UNSUPPORTED',
        name,
        `member ${quoted(member)} is packed by method ${method}, stored or deflated was due`,
      );
    if (packed === ELSEWHERE || size === ELSEWHERE || local === ELSEWHERE)
      throw new DataError('UNSUPPORTED', name, `member ${quoted(member)} is of 4 GiB or more`);
    members.set(member, { method, crc, packed, size, at: local });
    at = next;
  }
  if (at !== table.length) throw damaged(name, 'its table of contents holds more than its members');
  return members;
}

/** Sums, so that neither one member nor members that lie over one another become a bomb. */
function checkSizes(members: ReadonlyMap<string, Member>, length: number, name: string): void {
  const sum = (part: 'packed' | 'size'): number =>
    [...members.values()].reduce((total, member) => total + member[part], 0);
  if (sum('packed') > length) throw damaged(name, 'its members take more bytes than it has');
  const cap = Math.min(MAX_UNZIPPED, Math.max(FREE_UNZIPPED, length * MAX_RATIO));
  if (sum('size') > cap) {
    const came = `${counted(length, 'byte')} of zip declare to unpack to ${counted(sum('size'), 'byte')}`;
    throw new DataError(
      'TOO_LARGE',
      name,
      `${came}, at most ${counted(cap, 'byte')} are read from a file of this size`,
    );
  }
}

function unpack(bytes: Buffer, member: string, { method, crc, packed, size, at }: Member, name: string): Buffer {
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== LOCAL)
    throw damaged(name, `${quoted(member)} is not where it should be`);
  const nameBytes = bytes.readUInt16LE(at + 26);
  const start = at + 30 + nameBytes + bytes.readUInt16LE(at + 28);
  if (bytes.toString('utf8', at + 30, at + 30 + nameBytes) !== member)
    throw damaged(name, `${quoted(member)} has another name where it lies`);
  if (start + packed > bytes.length) throw damaged(name, `${quoted(member)} lies beyond its end`);
  const raw = bytes.subarray(start, start + packed);
  const content = method === 0 ? raw : inflated(raw, { size, member, name });
  if (content.length !== size)
    throw damaged(
      name,
      `${quoted(member)} unpacks to ${counted(content.length, 'byte')}, ${countedWas(size, 'byte')} due`,
    );
  if (crc32(content) !== crc) throw damaged(name, `${quoted(member)} has another checksum than is due`);
  return content;
}

function inflated(raw: Buffer, { size, member, name }: { size: number; member: string; name: string }): Buffer {
  try {
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw damaged(name, `${quoted(member)} does not unpack (${(cause as Error).message})`, cause);
  }
}

function damaged(name: string, fault: string, cause?: unknown): DataError {
  return new DataError('BAD_ZIP', name, `is a damaged zip archive: ${fault}`, cause);
}
