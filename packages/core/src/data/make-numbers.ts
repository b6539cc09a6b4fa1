import { checkRoom, refuseRoom } from './room.ts';

/**
 * Float64 zeros for a result whose size follows from what was asked for.
 *
 * @param what  what they are, as messages name it: "responsibilities of 2,000,000 rows and 5,000 components"
 * @throws TOO_LARGE with what is needed and what is left, or that no array is so long
 *
 * @example
 * makeNumbers(3, 'mine/fit', 'three numbers').length; // 3
 */
export function makeNumbers(length: number, where: string, what: string): Float64Array {
  const bytes = length * Float64Array.BYTES_PER_ELEMENT;
  checkRoom(where, bytes, what);
  try {
    return new Float64Array(length);
  } catch (cause) {
    return refuseRoom(where, bytes, what, 'more than an array can hold', cause);
  }
}
