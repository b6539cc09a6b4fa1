import { deflateSync } from 'node:zlib';

/** Pixels of one color whose opacity varies. */
export type Stencil = {
  readonly width: number;
  readonly height: number;
  /** Opacity, row by row: 0 clear, 255 solid. */
  readonly alpha: Uint8Array;
};

export type Rgb = readonly [red: number, green: number, blue: number];

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const RGBA = 6;

/**
 * A stencil in one color as the bytes of a PNG file.
 *
 * Source: PNG (Portable Network Graphics) Specification, third edition, W3C, sections 5 and 11.
 */
export function png({ width, height, alpha }: Stencil, [red, green, blue]: Rgb): Buffer {
  const stride = 1 + 4 * width;
  // Each line starts with its filter; 0 is none, which packs best for constant color channels.
  const lines = new Uint8Array(height * stride);
  for (let i = 0; i < alpha.length; i++) {
    const at = Math.floor(i / width) * stride + 1 + 4 * (i % width);
    lines.set([red, green, blue, alpha[i]!], at);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, RGBA, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Cyclic redundancy check of PNG, bit by bit: `crc32` of node:zlib is younger than Node 20.0, and images here are small. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
