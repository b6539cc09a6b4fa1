import { counted } from '@mixtention/core/base';
import type { ByteReader } from './byte-reader.ts';
import { DataError } from './data-error.ts';
import { MAX_LINE } from './limits.ts';
import { CR, endsInCr, isComment, LF, withLf } from './text.ts';

/** Bytes of a beginning that is looked at before the rows; twice as many, and so on, where they hold fewer lines than that. */
const HEAD = 2 ** 20;
const MOST_HEAD = 4 * MAX_LINE;
const HEAD_LINES = 128;

/** The same reader, or one that hands out LF for CR where lines end in CR alone, as far as the beginning tells. */
export async function textReader(bytes: ByteReader): Promise<ByteReader> {
  const head = await bytes.take(HEAD);
  bytes.giveBack(head);
  if (!endsInCr(head)) return bytes;
  return {
    take: async (length) => withLf(await bytes.take(length)),
    giveBack: (some) => bytes.giveBack(some),
    close: () => bytes.close(),
  };
}

/**
 * The beginning of a text, in whole lines: so many that comments, header and some rows are in it. It is given back, and comes again.
 *
 * @returns as it stands in the file, byte order mark included
 */
export async function headOf(bytes: ByteReader): Promise<Buffer> {
  for (let size = HEAD; ; size *= 2) {
    const head = await bytes.take(size);
    bytes.giveBack(head);
    if (head.length < size) return head;
    if (size >= MOST_HEAD || hasRows(head)) return head.subarray(0, head.lastIndexOf(LF) + 1 || size);
  }
}

/**
 * The rest of a text in parts of whole lines, without the line ends behind its last line.
 *
 * @param size  bytes of a part, about
 * @throws DataError TOO_LARGE for a line beyond the cap
 */
export async function* textParts(bytes: ByteReader, name: string, size: number): AsyncGenerator<Buffer, void, void> {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const more = await bytes.take(size);
    if (more.length === 0) break;
    const text = held.length === 0 ? more : Buffer.concat([held, more]);
    const cut = lastLine(text);
    if (cut > 0) yield text.subarray(0, cut);
    held = text.subarray(cut);
    if (endOfContent(held) > MAX_LINE) refuseLine(held, name);
  }
  const end = endOfContent(held);
  if (end > 0) yield held.subarray(0, end);
}

/** Where the last line begins that holds anything: the lines behind it may be the blank ones that end a file. */
function lastLine(text: Buffer): number {
  const end = endOfContent(text);
  return end === 0 ? 0 : text.lastIndexOf(LF, end - 1) + 1;
}

function endOfContent(text: Buffer): number {
  let end = text.length;
  while (end > 0 && (text[end - 1] === LF || text[end - 1] === CR)) end--;
  return end;
}

function refuseLine(text: Buffer, name: string): void {
  const end = text.indexOf(LF);
  if (end >= 0 && end <= MAX_LINE) return;
  const length = counted(end < 0 ? text.length : end, 'byte');
  throw new DataError(
    'TOO_LARGE',
    name,
    `has a line of ${length}${end < 0 ? ' and more' : ''}, at most ${counted(MAX_LINE, 'byte')} are read`,
  );
}

/** Whether there are lines enough behind the comments. */
function hasRows(text: Buffer): boolean {
  let found = 0;
  for (let at = 0; at < text.length && found < HEAD_LINES; found++) {
    if (isComment(text, at)) found--;
    const end = text.indexOf(LF, at);
    if (end < 0) return false;
    at = end + 1;
  }
  return found >= HEAD_LINES;
}
