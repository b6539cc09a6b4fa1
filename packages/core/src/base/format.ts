import type { Tree } from '../contracts/index.ts';
import { fail, show } from './errors.ts';
import { seal, unseal } from './seal.ts';
import { decodeTree, encodeTree, isRecord } from './tree.ts';

/** What a text says of itself. */
export type TextFormat = { readonly format: string; readonly formatVersion: number };

/**
 * A tree as text, every bit of it, with what it is and a checksum.
 *
 * @throws BAD_MODEL where it would be longer than a text can be
 *
 * @example
 * encodeAs({ format: 'my/notes', formatVersion: 1 }, { n: 1 }).startsWith('{"format":"my/notes","formatVersion":1,"n":1,'); // true: a checksum follows
 */
export function encodeAs(due: TextFormat, tree: { readonly [name: string]: Tree }): string {
  return seal(encodeTree({ ...due, ...tree }));
}

/**
 * The tree that `encodeAs` wrote.
 *
 * @param where  who reads it: `mixture/decodeCheckpoint`
 * @param what   what was due, in the words of the message: `the checkpoint`
 * @throws BAD_MODEL for anything else, another format and another version, and what was changed since
 *
 * @example
 * const due = { format: 'my/notes', formatVersion: 1 };
 * decodeAs('me/read', 'the note', due, encodeAs(due, { n: 1 })); // { n: 1 }
 */
export function decodeAs(
  where: string,
  what: string,
  due: TextFormat,
  text: string,
): { readonly [name: string]: Tree } {
  const refuse = (why: string): never => fail(where, 'BAD_MODEL', why);
  const tree = decodeTree(text);
  if (!isRecord(tree)) return refuse(`${what} is ${show(tree)}, an object was due`);
  const { format, formatVersion, checksum: _, ...rest } = tree;
  if (format !== due.format) refuse(`format is ${show(format)}, "${due.format}" was due`);
  if (formatVersion !== due.formatVersion)
    refuse(`formatVersion is ${show(formatVersion)}, this version of mixtention reads ${due.formatVersion}`);
  if (unseal(text) === null) refuse('it is damaged: its checksum is none of what it holds');
  return rest;
}
