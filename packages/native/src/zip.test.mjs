import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { crc32, crc32ByTable } from './crc32.mjs';
import { extractZipMember, readZipDirectory } from './zip.mjs';

const TEXT = Buffer.from('All members of this archive were packed by the test itself. '.repeat(2000));
const folder = await mkdtemp(join(tmpdir(), 'mixtention-zip-'));
after(() => rm(folder, { recursive: true, force: true }));

test('stored and deflated members come out as they went in', async () => {
  const path = await archive([
    { name: 'a/stored.txt', content: TEXT, method: 0 },
    { name: 'b/deflated.txt', content: TEXT, method: 8 },
  ]);
  const members = await readZipDirectory(path);
  assert.deepEqual([...members.keys()], ['a/stored.txt', 'b/deflated.txt']);
  const seen = [];
  for (const [name, member] of members) {
    await extractZipMember(path, member, join(folder, 'out', name), { onBytes: (bytes) => seen.push(bytes) });
    assert.deepEqual(await readFile(join(folder, 'out', name)), TEXT);
  }
  assert.equal(seen.at(-1), TEXT.length);
});

test('a member whose content was changed is refused by its CRC-32', async () => {
  const changed = Buffer.from(TEXT);
  changed[7] ^= 1;
  const path = await archive([{ name: 'a.txt', content: changed, method: 0, crc: crc32ByTable(TEXT) }]);
  await assert.rejects(extractFirst(path), /a\.txt is damaged: its CRC-32 does not match/);
});

test('a member that unpacks to more or less than it says is refused', async () => {
  const more = await archive([{ name: 'a.txt', content: TEXT, method: 8, bytes: 100 }]);
  await assert.rejects(extractFirst(more), /unpacks to more than its 100 bytes/);
  const less = await archive([{ name: 'a.txt', content: TEXT, method: 8, bytes: TEXT.length + 1 }]);
  await assert.rejects(extractFirst(less), new RegExp(`unpacks to ${TEXT.length} bytes instead of ${TEXT.length + 1}`));
});

test('an encrypted member is refused', async () => {
  const path = await archive([{ name: 'a.txt', content: TEXT, method: 8, flags: 1 }]);
  await assert.rejects(extractFirst(path), /packed in a way \(encryption, method 8\) that is not read here/);
});

test('a file that is cut short or no archive at all is refused', async () => {
  const whole = await readFile(await archive([{ name: 'a.txt', content: TEXT, method: 8 }]));
  const path = join(folder, 'short.zip');
  await writeFile(path, whole.subarray(0, whole.length - 30));
  await assert.rejects(readZipDirectory(path), /is no zip archive, or is cut short/);
  await writeFile(path, whole.subarray(200));
  await assert.rejects(readZipDirectory(path), /cut short: its table of contents lies beyond its end/);
  await writeFile(path, '');
  await assert.rejects(readZipDirectory(path), /is no zip archive/);
});

test('CRC-32 gives the published check value, in one block or in parts, by either implementation', () => {
  const digits = Buffer.from('123456789');
  for (const crc of [crc32, crc32ByTable]) {
    assert.equal(crc(digits), 0xcbf43926);
    assert.equal(crc(digits.subarray(4), crc(digits.subarray(0, 4))), 0xcbf43926);
  }
});

async function extractFirst(path) {
  const [member] = (await readZipDirectory(path)).values();
  await extractZipMember(path, member, join(folder, 'out.bin'));
}

/** A zip archive by the letter of the format: local headers and data, central directory, end record. */
async function archive(members) {
  const parts = [];
  const table = [];
  let offset = 0;
  for (const { name, content, method, flags = 0, crc = crc32ByTable(content), bytes = content.length } of members) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const common = fields(
      [2, 20],
      [2, flags],
      [2, method],
      [4, 0],
      [4, crc],
      [4, packed.length],
      [4, bytes],
      [2, name.length],
      [2, 0],
    );
    parts.push(fields([4, 0x04034b50]), common, Buffer.from(name), packed);
    table.push(
      fields([4, 0x02014b50], [2, 20]),
      common,
      fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
      Buffer.from(name),
    );
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(table);
  const counts = [members.length, members.length].map((count) => [2, count]);
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], ...counts, [4, directory.length], [4, offset], [2, 0]);
  const path = join(folder, 'made.zip');
  await writeFile(path, Buffer.concat([...parts, directory, end]));
  return path;
}

function fields(...values) {
  return Buffer.concat(
    values.map(([width, value]) => {
      const buffer = Buffer.alloc(width);
      buffer.writeUIntLE(value, 0, width);
      return buffer;
    }),
  );
}
