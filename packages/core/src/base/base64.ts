import { counted } from './counted.ts';
import { fail } from './errors.ts';

/** Characters of the longest text: the least that V8, on 64 bits, has had for years. */
export const MOST_TEXT: number = 2 ** 29 - 24;

/** Bytes that become text at once; a multiple of 3, so that pieces join without padding between them. */
const PIECE = 3 * 2 ** 13;

/**
 * Base64 of little-endian float64, in pieces: V8 ends the process when `btoa` is handed more than a text can hold.
 *
 * @param pieceBytes  a multiple of 3
 */
export function toBase64(array: Float64Array, pieceBytes: number = PIECE): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += pieceBytes)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(i, i + pieceBytes))));
  return pieces.join('');
}

/** The array that `toBase64` wrote. */
export function fromBase64(text: string): Float64Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch (cause) {
    return fail('core/decodeTree', 'BAD_MODEL', 'an array is not valid base64', cause);
  }
  if (binary.length % 8 !== 0)
    fail('core/decodeTree', 'BAD_MODEL', `an array has ${counted(binary.length, 'byte')}, a multiple of 8 was due`);
  const bytes = new Uint8Array(binary.length);
  // Not Uint8Array.from: it would first make a list of all characters.
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return new Float64Array(bytes.buffer);
}
