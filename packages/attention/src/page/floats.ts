/** Bytes that become text at once; a multiple of 3, so that pieces join without padding between them. */
const PIECE = 3 * 2 ** 12;

/** float32 in base64, little-endian. */
export function encodeFloats(values: ArrayLike<number>): string {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += PIECE) pieces.push(btoa(String.fromCharCode(...bytes.subarray(i, i + PIECE))));
  return pieces.join('');
}

/** What `encodeFloats` wrote, as float64. */
export function decodeFloats(text: string): Float64Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return Float64Array.from(new Float32Array(bytes.buffer));
}
