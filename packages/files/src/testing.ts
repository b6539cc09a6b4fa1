import { expect } from 'vitest';
import { DataError, type DataErrorCode } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';

/** A file that must be refused: what is wrong with it, its bytes, and the code and sentence that are due. */
export type BadFile = readonly [what: string, bytes: Uint8Array, code: DataErrorCode, sentence: string];

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

export function doubles(text: string): Float64Array {
  return new Float64Array(fromBase64(text).buffer);
}

/** The code and message of the DataError that a call ends in; any other ending fails the test. */
export async function faultOf(call: () => unknown): Promise<{ code: DataErrorCode; message: string }> {
  try {
    await call();
  } catch (error) {
    expect(error, String((error as Error).stack)).toBeInstanceOf(DataError);
    const { code, message } = error as DataError;
    return { code, message };
  }
  throw new Error('no error came, a DataError was due');
}

/** Fails unless a matrix is what `FileMatrix` promises: right length, finite, not empty. */
export function expectSelfConsistent(matrix: FileMatrix): void {
  const { rows, cols, data, columns } = matrix;
  const isShaped = rows > 0 && cols > 0 && data.length === rows * cols;
  const isNamed = columns === undefined || columns.length === cols;
  // Plain conditions: mutants are asked tens of thousands of times.
  if (!isShaped || !isNamed || !data.every((value) => Number.isFinite(value)))
    expect.fail(`${rows} × ${cols}, columns ${columns}: ${data.slice(0, 10)} … (${data.length} numbers)`);
}

/** Small fast generator of integers in [0, n) (mulberry32): a seed makes a test repeatable. */
export function integers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
