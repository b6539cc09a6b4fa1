import { endianness } from 'node:os';
import type { Matrix } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { NPY_MAGIC } from './parse-npy.ts';

/** NumPy starts the values at multiples of this, so that they can be mapped into memory. */
const ALIGNMENT = 64;

/**
 * A matrix as the bytes of a NumPy `.npy` file, version 1.0, in its own precision and the byte order of this machine.
 *
 * @param matrix  `[N, D]`
 * @returns bytes that `numpy.load` and `parseNpy` read back bit for bit
 * @throws BAD_SHAPE where data and shape differ in size
 *
 * Cost: one copy.
 * Source: NumPy Enhancement Proposal 1.
 *
 * @example
 * await writeFileAtomic('means.npy', writeNpy({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 }));
 * (await readMatrix('means.npy')).data; // [1, 2, 3, 4]
 */
export function writeNpy(matrix: Matrix): Uint8Array {
  const { data, rows, cols } = matrix;
  if (data.length !== rows * cols) {
    fail(
      'files/writeNpy',
      'BAD_SHAPE',
      `data has ${counted(data.length, 'value')}, ${rows} × ${cols} = ${rows * cols} were due`,
    );
  }
  const head = npyHeader(data.BYTES_PER_ELEMENT, rows, cols);
  const bytes = new Uint8Array(head.length + data.byteLength);
  bytes.set(head);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), head.length);
  return bytes;
}

/**
 * What stands before the numbers of a `.npy` file, for those who write them part by part: rows one after another, in the byte order of this machine.
 *
 * @param bytes  of a number: 8 for float64, 4 for float32
 *
 * @example
 * npyHeader(8, 2, 2).length; // 128
 */
export function npyHeader(bytes: number, rows: number, cols: number): Uint8Array {
  const descr = `${endianness() === 'LE' ? '<' : '>'}f${bytes}`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const prefix = NPY_MAGIC.length + 4;
  const padding = ALIGNMENT - 1 - ((prefix + dictionary.length) % ALIGNMENT);
  const header = Buffer.from(`${dictionary}${' '.repeat(padding)}\n`, 'latin1');
  return Buffer.concat([Uint8Array.of(...NPY_MAGIC, 1, 0, header.length & 0xff, header.length >> 8), header]);
}
