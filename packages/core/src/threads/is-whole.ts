import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const HEADER = 64;
/** Where the header of a 64-bit ELF file says where its table of sections lies, which is its end: offset, size of an entry, entries. */
const AT = { offset: 40, entry: 58, entries: 60 } as const;

/**
 * Whether a library of Linux is as long as its header says. A loader maps what is missing, and a process that touches it dies of a bus error: so that is looked
 * at first. Other files are left to the loader, which refuses them.
 *
 * @example
 * isWhole(process.execPath); // true
 */
export function isWhole(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEADER);
    const isElf = readSync(file, head, 0, HEADER, 0) === HEADER && head.readUInt32BE(0) === 0x7f454c46 && head[4] === 2;
    // Big-endian machines have no package.
    if (!isElf || head[5] !== 1) return true;
    const end = Number(head.readBigUInt64LE(AT.offset)) + head.readUInt16LE(AT.entry) * head.readUInt16LE(AT.entries);
    return fstatSync(file).size >= end;
  } finally {
    closeSync(file);
  }
}
