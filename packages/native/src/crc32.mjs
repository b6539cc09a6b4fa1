import zlib from 'node:zlib';

/**
 * CRC-32 of a block, continuing from the value of the block before; Node's own where it has one (20.15, 22.2).
 *
 * @type {(block: Uint8Array, value?: number) => number}
 */
export const crc32 = zlib.crc32 ?? crc32ByTable;

/**
 * The same by a table of 256 entries (polynomial 0xEDB88320, reflected).
 *
 * @param {Uint8Array} block
 * @param {number} [value]
 * @returns {number}
 */
export function crc32ByTable(block, value = 0) {
  let crc = ~value;
  for (const byte of block) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let entry = index;
  for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? (entry >>> 1) ^ 0xedb88320 : entry >>> 1;
  return entry;
});
