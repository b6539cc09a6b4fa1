import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { crc32 } from './crc32.mjs';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;

/**
 * The table of contents of a zip archive, by member name, from its central directory.
 *
 * Plain archives only: no zip64, no encryption, members stored or deflated.
 *
 * @param {string} path
 * @returns {Promise<Map<string, ZipMember>>}
 * @throws {Error} when the file is truncated or no such archive
 * @typedef {{ name: string, method: number, crc: number, packedBytes: number, bytes: number, offset: number }} ZipMember
 */
export async function readZipDirectory(path) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = await read(file, Math.max(0, size - END_BYTES - COMMENT_BYTES_MAX), size);
    const end = findEnd(tail);
    if (end < 0) throw new Error(`${path} is no zip archive, or is cut short`);
    const bytes = tail.readUInt32LE(end + 12);
    const offset = tail.readUInt32LE(end + 16);
    if (offset + bytes > size) throw new Error(`${path} is cut short: its table of contents lies beyond its end`);
    return parseDirectory(await read(file, offset, offset + bytes), tail.readUInt16LE(end + 10), path);
  } finally {
    await file.close();
  }
}

/**
 * Write one member of an archive to a file, checking its size and CRC-32 on the way; memory does not grow with the member.
 *
 * @param {string} path the archive
 * @param {ZipMember} member
 * @param {string} target the file to write; its folder is made
 * @param {{ signal?: AbortSignal, onBytes?: (written: number) => void }} [options]
 * @returns {Promise<void>}
 * @throws {Error} when the member is damaged
 */
export async function extractZipMember(path, member, target, { signal, onBytes } = {}) {
  const start = await dataOffset(path, member);
  await mkdir(dirname(target), { recursive: true });
  if (member.packedBytes === 0) throw new Error(`${member.name} is empty in ${path}`);
  const source = createReadStream(path, { start, end: start + member.packedBytes - 1, highWaterMark: 1 << 18 });
  const check = checker(member, onBytes);
  const steps = member.method === 8 ? [createInflateRaw({ chunkSize: 1 << 18 }), check] : [check];
  await pipeline([source, ...steps, createWriteStream(target, { highWaterMark: 1 << 20 })], { signal });
}

async function read(file, from, to) {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  return buffer.subarray(0, bytesRead);
}

function findEnd(tail) {
  for (let at = tail.length - END_BYTES; at >= 0; at--) if (tail.readUInt32LE(at) === END) return at;
  return -1;
}

function parseDirectory(table, count, path) {
  const members = new Map();
  for (let at = 0, index = 0; index < count; index++) {
    if (at + 46 > table.length || table.readUInt32LE(at) !== CENTRAL)
      throw new Error(`${path} has a damaged table of contents`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => table.readUInt16LE(at + field));
    const name = table.toString('utf8', at + 46, at + 46 + nameBytes);
    const [crc, packedBytes, bytes] = [16, 20, 24].map((field) => table.readUInt32LE(at + field));
    members.set(name, {
      name,
      method: table.readUInt16LE(at + 10),
      crc,
      packedBytes,
      bytes,
      offset: table.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return members;
}

/** The local header repeats the name and has an extra field of its own length, so the data's place must be read from it. */
async function dataOffset(path, { name, method, offset }) {
  const file = await open(path);
  try {
    const header = await read(file, offset, offset + 30);
    if (header.length < 30 || header.readUInt32LE(0) !== LOCAL) throw new Error(`${name} is damaged in ${path}`);
    if ((header.readUInt16LE(6) & 1) !== 0 || (method !== 0 && method !== 8))
      throw new Error(`${name} in ${path} is packed in a way (encryption, method ${method}) that is not read here`);
    return offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

function checker({ name, crc, bytes }, onBytes) {
  let value = 0;
  let seen = 0;
  return new Transform({
    transform(block, _encoding, done) {
      value = crc32(block, value);
      seen += block.length;
      onBytes?.(seen);
      if (seen > bytes) done(new Error(`${name} unpacks to more than its ${bytes} bytes`));
      else done(null, block);
    },
    flush(done) {
      if (seen !== bytes) done(new Error(`${name} unpacks to ${seen} bytes instead of ${bytes}`));
      else done(value === crc ? null : new Error(`${name} is damaged: its CRC-32 does not match`));
    },
  });
}
