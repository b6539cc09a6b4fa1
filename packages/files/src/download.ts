import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { counted, fail } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { MAX_BYTES } from './limits.ts';
import { replaceFile } from './write-file-atomic.ts';

export type DownloadOptions = {
  /** The SHA-256 of the file that is due, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Cap in bytes on what is taken; 4 GiB by default. */
  readonly maxBytes?: number | undefined;
  /** Called as bytes arrive; `total` is null when the server does not tell. */
  readonly onProgress?: ((received: number, total: number | null) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Fetches a file and keeps it only if its SHA-256 is the one that is due.
 *
 * A file that is already there with that hash is left alone, and nothing is fetched. Otherwise the bytes go to a temporary file beside `path`
 * and take its place once the hash is right: `path` never holds a part, nor other bytes.
 *
 * @param url  http or https
 * @returns whether the file was fetched or was there
 * @throws DataError DOWNLOAD (status, connection), TOO_LARGE, HASH, or as `writeFileAtomic`; the signal's reason on abort
 *
 * @example
 * const url = 'http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/binarized_mnist_test.amat';
 * const sha256 = 'e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c';
 * await download(url, 'test.amat', { sha256, maxBytes: 1e8 }); // 'fetched', and 'present' the next time
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<'fetched' | 'present'> {
  const due = options.sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(due))
    fail('files/download', 'BAD_OPTION', 'sha256 is no hash, 64 hexadecimal digits were due');
  if (!/^https?:\/\//i.test(url)) throw new DataError('UNSUPPORTED', url, 'is no http or https address');
  options.signal?.throwIfAborted();
  if ((await sha256Of(path)) === due) return 'present';
  await replaceFile(path, async (handle) => {
    const found = await receive(url, handle, options);
    if (found !== due) throw new DataError('HASH', url, `came with SHA-256 ${found}, ${due} was due; nothing was kept`);
  });
  return 'fetched';
}

/** Streams the body into the file; returns its hash. */
async function receive(url: string, handle: FileHandle, options: DownloadOptions): Promise<string> {
  const { maxBytes = MAX_BYTES, onProgress, signal } = options;
  const response = await request(url, signal);
  const total = totalOf(response);
  if (total !== null && total > maxBytes) throw tooLarge(url, maxBytes);
  const hash = createHash('sha256');
  let received = 0;
  for await (const chunk of chunks(response, url, signal)) {
    received += chunk.length;
    if (received > maxBytes) throw tooLarge(url, maxBytes);
    hash.update(chunk);
    await handle.writeFile(chunk);
    onProgress?.(received, total);
  }
  return hash.digest('hex');
}

async function request(url: string, signal: AbortSignal | undefined): Promise<Response> {
  // Undecoded bytes only: the hash is of the file, and a coding could be a bomb.
  const init: RequestInit = { headers: { 'accept-encoding': 'identity' } };
  const response = await fetch(url, signal === undefined ? init : { ...init, signal }).catch((cause) => {
    throw broken(url, cause, signal);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new DataError('DOWNLOAD', url, `the server answered ${response.status} ${response.statusText}`.trimEnd());
}

async function* chunks(response: Response, url: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        throw broken(url, cause, signal);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A failed connection, unless the caller broke it. */
function broken(url: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const { message, cause: inner } = cause as Error;
  const why = inner instanceof Error && inner.message !== '' ? inner.message : message;
  return new DataError('DOWNLOAD', url, `could not be fetched whole (${why})`, cause);
}

function totalOf(response: Response): number | null {
  const length = response.headers.get('content-length');
  return length === null || response.headers.has('content-encoding') ? null : Number(length);
}

function tooLarge(url: string, maxBytes: number): DataError {
  return new DataError('TOO_LARGE', url, `is larger than ${counted(maxBytes, 'byte')}, the most that is taken`);
}

/** The hash of a regular file that can be read, else null. */
async function sha256Of(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    if (!(await stat(path)).isFile()) return null;
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch {
    return null;
  }
  return hash.digest('hex');
}
