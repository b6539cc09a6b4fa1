import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isWhole } from './is-whole.ts';

test('a library that ends before its table of sections is not whole; what is no library is left to the loader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixtention-whole-'));
  try {
    const path = join(folder, 'kernel.node');
    // An ELF header by the specification: 64 bits, little-endian, three sections of 64 bytes from byte 1000 on.
    const library = Buffer.alloc(1192);
    library.write('\u007fELF\u0002\u0001', 'latin1');
    library.writeBigUInt64LE(1000n, 40);
    library.writeUInt16LE(64, 58);
    library.writeUInt16LE(3, 60);
    const is = (bytes: Uint8Array | string): boolean => {
      writeFileSync(path, bytes);
      return isWhole(path);
    };
    expect(is(library)).toBe(true);
    expect(is(library.subarray(0, 1191))).toBe(false);
    expect(is(library.subarray(0, 64))).toBe(false);
    expect(is('not a library')).toBe(true);
    expect(is('')).toBe(true);
    expect(isWhole(process.execPath)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
