import { gunzip as inflate } from 'node:zlib';
import { counted } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { FREE_UNZIPPED, MAX_RATIO, MAX_UNZIPPED } from './limits.ts';

/** Node's default of 16 KiB made the binarised MNIST training file take seven times as long. */
const CHUNK = 2 ** 20;

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The most that a gzip file may become: its size times 200, but 64 MiB in any case and 2 GiB at most. */
export function unzippedCap(bytes: number, maxBytes: number): number {
  return Math.min(maxBytes, MAX_UNZIPPED, Math.max(FREE_UNZIPPED, bytes * MAX_RATIO));
}

/**
 * What a gzip file holds, in one or several members; stops as soon as it grows beyond its cap.
 *
 * @param maxBytes  cap on the result; lower caps follow from the ratio, see `unzippedCap`
 * @throws DataError TOO_LARGE, TRUNCATED, TRAILING (also of padding), BAD_GZIP
 *
 * Cost: memory twice the result while it is put together.
 */
export async function gunzip(bytes: Uint8Array, name: string, maxBytes: number): Promise<Buffer> {
  const cap = unzippedCap(bytes.length, maxBytes);
  const { buffer, read } = await inflateCounting(bytes, cap).catch((cause) => {
    throw tooLarge(cause, bytes.length, cap, name) ?? gzipError(cause, name);
  });
  if (read === bytes.length) return buffer;
  throw trailing(bytes.length - read, name);
}

/** The error of bytes behind a gzip stream. */
export function trailing(bytes: number, name: string): DataError {
  return new DataError('TRAILING', name, `has ${counted(bytes, 'byte')} behind its gzip stream, none were due`);
}

/** Node accepts zeros behind the stream, so the bytes that it read are counted. */
function inflateCounting(bytes: Uint8Array, cap: number): Promise<{ buffer: Buffer; read: number }> {
  return new Promise((resolve, reject) => {
    inflate(bytes, { maxOutputLength: cap, chunkSize: CHUNK, info: true }, (error, result) => {
      if (error) return reject(error);
      // With `info` Node returns more than its types say.
      const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve({ buffer, read: engine.bytesWritten });
    });
  });
}

function tooLarge(cause: unknown, length: number, cap: number, name: string): DataError | null {
  if ((cause as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') return null;
  const sizes = `${counted(length, 'byte')} of gzip unpack to more than ${counted(cap, 'byte')}`;
  return new DataError('TOO_LARGE', name, `${sizes}, the most that is read from a file of this size`, cause);
}

/** What zlib says of a damaged file. */
export function gzipError(cause: unknown, name: string): DataError {
  if ((cause as { code?: string }).code === 'Z_BUF_ERROR')
    return new DataError('TRUNCATED', name, 'is a gzip file that ends too early', cause);
  return new DataError('BAD_GZIP', name, `is a damaged gzip file (${(cause as Error).message})`, cause);
}
